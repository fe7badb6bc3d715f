import Testing

/// The tables together hold the evaluation cases that the documentation's statements give.
@Suite struct TableSizeTests {
    @Test func thereAreAtLeast250CasesEachNamingItsPage() {
        let conditions =
            ConditionTests.strings + ConditionTests.numbers + ConditionTests.dates + ConditionTests.booleansAndBinaries
            + ConditionTests.addresses + ConditionTests.arns + ConditionTests.existence + ConditionTests.sets
        let elements = ElementTests.actions + ElementTests.resources
        let requests =
            AccountEvaluationTests.basics + AccountEvaluationTests.resourcePolicies
            + AccountEvaluationTests.notPrincipal
            + CallerEvaluationTests.root + CallerEvaluationTests.withoutAccount + CallerEvaluationTests.crossAccount
            + CallerEvaluationTests.organizations + CallerEvaluationTests.services
            + GuideTableTests.principalTypes + GuideTableTests.examples
        #expect(conditions.count + VariableTests.rows.count >= 215)
        #expect(elements.count >= 60)
        #expect(requests.count >= 190)
        #expect(Set(requests.map(\.testDescription)).count == requests.count, "each row says something of its own")
    }
}
