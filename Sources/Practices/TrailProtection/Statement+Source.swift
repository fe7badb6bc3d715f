import IAMPolicy

extension Statement {
    /// Whether the statement lets a service in only on behalf of one account, or of one organization.
    ///
    /// Source: IAM User Guide, "The confused deputy problem".
    var pinsSource: Bool {
        pins("aws:SourceArn") { ARN($0)?.hasFixedAccount ?? false }
            || pins("aws:SourceAccount", where: isFixed)
            || pins("aws:SourceOrgID", where: isFixed)
            || pins("aws:SourceOrgPaths") { isFixed(String($0.prefix { $0 != "/" })) }
    }

    private func pins(_ key: String, where isNarrow: (String) -> Bool) -> Bool {
        guard let values = pinnedValues(of: key) else { return false }
        return !values.isEmpty && values.allSatisfy(isNarrow)
    }

    private func isFixed(_ value: String) -> Bool {
        !value.isEmpty && !value.contains { $0 == "*" || $0 == "?" || $0 == "$" }
    }
}
