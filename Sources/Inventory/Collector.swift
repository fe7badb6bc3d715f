public import AWSClient
public import FoundationEssentials

/// Reads the chosen facets of one account: each call once, all regions and services at the same time, within the
/// client's budgets. It judges nothing.
public struct Collector: Sendable {
    let client: Client
    /// To requests that several facets may make.
    let answers: Answers
    let accountID: String
    let partition: String
    /// Where calls go that concern no region in particular.
    let baseRegion: String
    let facets: Set<Facet>
    let buckets: Set<String>
    let keys: Set<String>
    let directory: OrganizationDirectory?
    let sleep: @Sendable (Duration) async throws -> Void
    /// Receives what makes the user wait.
    let warn: @Sendable (String) -> Void

    /// - Parameters:
    ///   - facets: what is to be read; what these require is read with them.
    ///   - baseRegion: a region of the partition that is enabled in every account.
    ///   - buckets: the names of buckets that are read besides those of the trails.
    ///   - keys: the ARNs of KMS keys that are read besides those of the trails.
    ///   - organization: who else may be asked about the organization, if several accounts are read in one run.
    ///   - warn: receives what makes the user wait: a sentence without its full stop.
    public init(
        client: Client, accountID: String, partition: String, baseRegion: String, facets: Set<Facet>,
        buckets: [String] = [], keys: [String] = [], organization: OrganizationDirectory? = nil,
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
        directory = organization
        self.sleep = sleep
        self.warn = warn
    }

    /// The regions that are enabled for the account, in alphabetical order.
    public func enabledRegions() async -> Fact<[String]> {
        let nothing = Account(id: accountID, partition: partition, readAt: Date(), regions: .notCollected)
        return facets.contains(.regions) ? await Facet.regions.read(self, nothing).fact(of: .regions) : .notCollected
    }

    /// The account as it is now. What could not be read is unknown in it, with the reason.
    /// - Parameters:
    ///   - regions: the regions to read.
    ///   - time: what the reading is dated with.
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

    /// All pages of an answer, or why there are none.
    /// - Parameters:
    ///   - code: the error by which AWS says that there is nothing; the list of pages is then empty.
    ///   - isShared: other facets may make the same request. The answer is then kept to the end of the reading, so it
    ///     should not be a large one.
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

    /// The value that `read` gives, or why it gives none.
    func fact<Value>(_ read: () async throws(AWSError) -> Value) async -> Fact<Value> {
        do throws(AWSError) {
            return .known(try await read())
        } catch {
            return .unknown(Unknown(error))
        }
    }

    /// What `read` makes of each name, all at the same time.
    func concurrently<Value>(
        _ names: some Sequence<String>, _ read: @escaping @Sendable (String) async -> Fact<Value>
    ) async -> ByName<Value> {
        await concurrently(Dictionary(names.map { ($0, .known($0)) }) { first, _ in first }, read)
    }

    /// What `read` makes of each element that is known, all at the same time.
    func concurrently<Element, Value>(
        _ elements: ByName<Element>, _ read: @escaping @Sendable (Element) async -> Fact<Value>
    ) async -> ByName<Value> {
        await withTaskGroup(of: (String, Fact<Value>).self) { group in
            for (name, element) in elements {
                group.addTask {
                    switch element.state {
                    case .known(let element): (name, await read(element))
                    case .unknown(let unknown): (name, .unknown(unknown))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
