/// The parts of an ARN that say whom to ask where.
struct ResourceName {
    var region: String
    var accountID: String
    var rest: Substring

    init?(arn: String) {
        let fields = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0] == "arn" else { return nil }
        region = String(fields[3])
        accountID = String(fields[4])
        rest = fields[5]
    }
}
