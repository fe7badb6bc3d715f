import Testing

extension FixWorld {
    /// A world that nobody else uses until the end of the test case.
    static var lent: FixWorld {
        get async throws {
            guard let loan = FixWorldLoan.current else { throw Failure.outsideOfATestCase }
            return try await loan.world()
        }
    }

    enum Failure: Error { case outsideOfATestCase }
}

extension Trait where Self == LendingFixWorlds {
    /// Lends a world to each test case that wants one. Cases run at once, as many as there are worlds.
    static var lendingFixWorlds: Self { Self() }
}

struct LendingFixWorlds: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let loan = FixWorldLoan()
        do {
            try await FixWorldLoan.$current.withValue(loan) { try await function() }
        } catch {
            await loan.end()
            throw error
        }
        await loan.end()
    }
}

/// The world of one test case, from its first use on.
private actor FixWorldLoan {
    @TaskLocal static var current: FixWorldLoan?

    private var borrowed: FixWorld?

    func world() async throws -> FixWorld {
        if let borrowed { return borrowed }
        let world = try await FixWorlds.shared.take()
        borrowed = world
        return world
    }

    func end() async {
        guard let world = borrowed.take() else { return }
        await FixWorlds.shared.give(world)
    }
}

/// The few worlds there are: each is a server, which a case has for itself.
private actor FixWorlds {
    static let shared = FixWorlds()
    private static let limit = 2

    private var made = 0
    private var free: [FixWorld] = []
    private var waiting: [CheckedContinuation<FixWorld, Never>] = []

    func take() async throws -> FixWorld {
        if let world = free.popLast() { return world }
        guard made == Self.limit else {
            made += 1
            return try await FixWorld()
        }
        return await withCheckedContinuation { waiting.append($0) }
    }

    func give(_ world: FixWorld) {
        if waiting.isEmpty { free.append(world) } else { waiting.removeFirst().resume(returning: world) }
    }
}
