public import AWSClient
public import FoundationEssentials

/// Reads the chosen facets of one account. Each call is made once, and all regions and services are read concurrently
/// within the client's budgets. It evaluates nothing.
public struct Collector: Sendable {
    let client: Client
    /// Answers to requests that several facets can make.
    let answers: Answers
    let accountID: String
    let partition: String
    /// The region for calls that concern no particular region.
    let baseRegion: String
    let facets: Set<Facet>
    let buckets: Set<String>
    let keys: Set<String>
    let onlyBuckets: Set<String>?
    let usersToName: @Sendable (Account) -> Set<String>
    let directory: OrganizationDirectory?
    let sleep: @Sendable (Duration) async throws -> Void
    /// Receives messages about delays that the user should know of.
    let warn: @Sendable (String) -> Void

    /// - Parameters:
    ///   - facets: the facets to read; the facets that they require are read with them.
    ///   - baseRegion: a region of the partition that is enabled in every account.
    ///   - buckets: the names of further buckets to read, besides the trail buckets.
    ///   - keys: the ARNs of further KMS keys to read, besides the keys that trails use.
    ///   - onlyBuckets: the only buckets that are read where every bucket of the account would be; `nil` for all.
    ///   - usersToName: the names of the users whose access keys are listed, given the account with its credential report;
    ///     the collector evaluates nothing, so its caller decides.
    ///   - organization: further credentials for calls about the organization, if several accounts are read in one run.
    ///   - warn: receives messages about delays: each is a sentence without its full stop.
    public init(
        client: Client, accountID: String, partition: String, baseRegion: String, facets: Set<Facet>,
        buckets: [String] = [], keys: [String] = [], onlyBuckets: Set<String>? = nil,
        usersToName: @escaping @Sendable (Account) -> Set<String> = { _ in [] },
        organization: OrganizationDirectory? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        var client = client
        client.accountID = accountID
        self.client = client
        answers = Answers(client)
        self.accountID = accountID
        self.partition = partition
        self.baseRegion = baseRegion
        self.facets = Facet.closure(of: facets)
        self.buckets = Set(buckets)
        self.keys = Set(keys)
        self.onlyBuckets = onlyBuckets
        self.usersToName = usersToName
        directory = organization
        self.sleep = sleep
        self.warn = warn
    }

    /// The regions that are enabled for the account, in alphabetical order.
    public func enabledRegions() async -> Fact<[String]> {
        let nothing = Account(id: accountID, partition: partition, readAt: Date(), regions: .notCollected)
        return facets.contains(.regions) ? await Facet.regions.read(self, nothing).fact(of: .regions) : .notCollected
    }

    /// Reads the account as it is now. A fact that could not be read is unknown, with the reason.
    /// - Parameters:
    ///   - regions: the regions to read.
    ///   - time: the time to record as the time of the reading.
    public func collect(regions: Fact<[String]>, at time: Date) async -> Account {
        var account = Account(id: accountID, partition: partition, readAt: time, regions: regions)
        var waiting = facets.subtracting([.regions])
        var unread = waiting
        await withTaskGroup(of: (Facet, StoredFact).self) { group in
            repeat {
                for facet in waiting where facet.requires.isDisjoint(with: unread) {
                    waiting.remove(facet)
                    group.addTask { [account] in (facet, await facet.read(self, account)) }
                }
                guard let (facet, fact) = await group.next() else { break }
                account.facts[facet.name] = fact
                unread.remove(facet)
            } while !unread.isEmpty
        }
        return account
    }

    // MARK: What the facets share

    /// Returns all pages of an answer, or the reason why there are none.
    /// - Parameters:
    ///   - code: the error code by which AWS says that the resource does not exist; the list of pages is then empty.
    ///   - isShared: whether other facets can make the same request. The answer is then kept until the reading ends, so
    ///     it should not be large.
    func pages<Answer>(
        of request: ReadRequest<Answer>, in region: String, absent code: String? = nil, isShared: Bool = false
    ) async -> Fact<[Answer]> {
        await fact { () throws(AWSError) in
            do throws(AWSError) {
                return isShared
                    ? try await answers.pages(of: request, in: region)
                    : try await client.all(request, in: region) { [$0] }
            } catch {
                guard let code, error.code == code else { throw error }
                return []
            }
        }
    }

    /// Returns the value that `read` returns, or the reason why it failed.
    func fact<Value>(_ read: () async throws(AWSError) -> Value) async -> Fact<Value> {
        do throws(AWSError) {
            return .known(try await read())
        } catch {
            return .unknown(Unknown(error))
        }
    }

    /// Reads each name, many concurrently.
    func concurrently<Value>(
        _ names: some Sequence<String>, _ read: @escaping @Sendable (String) async -> Fact<Value>
    ) async -> ByName<Value> {
        await concurrently(Dictionary(names.map { ($0, .known($0)) }) { first, _ in first }, read)
    }

    /// How many elements of one facet are read at once. It is more than there are calls at once in one Region, and a bound
    /// for the memory of those that wait.
    private static let mostAtOnce = 256

    /// Reads each known element, many concurrently. An unknown element stays unknown.
    func concurrently<Element, Value>(
        _ elements: ByName<Element>, _ read: @escaping @Sendable (Element) async -> Fact<Value>
    ) async -> ByName<Value> {
        await withTaskGroup(of: (String, Fact<Value>).self) { group in
            var answers: ByName<Value> = [:]
            for (place, (name, element)) in elements.enumerated() {
                if place >= Self.mostAtOnce, let (name, answer) = await group.next() { answers[name] = answer }
                group.addTask {
                    switch element.state {
                    case .known(let element): (name, await read(element))
                    case .unknown(let unknown): (name, .unknown(unknown))
                    }
                }
            }
            return await group.reduce(into: answers) { $0[$1.0] = $1.1 }
        }
    }
}
