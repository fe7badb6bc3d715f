public import Basics
import AWSClient
public import FoundationEssentials
public import LogSources

/// Verifies what trails delivered: every account and region at once as far as memory allows, from S3 or from a local copy.
public struct TrailVerifier: Sendable {
    let reader: ObjectReader
    let keys: KeyRings
    let range: ClosedRange<Date>
    /// The present, which tells whether a newer digest is due.
    let now: Date
    let progress: VerificationProgress

    /// How many accounts' regions are under way at once: of each, some digests and the names of log files are in memory.
    private static let foldersAtOnce = 8

    /// - Parameters:
    ///   - range: log files delivered in this time are verified.
    ///   - now: the present, which tells whether a newer digest is due.
    public init(
        reader: ObjectReader, keys: any PublicKeySource, range: ClosedRange<Date>, now: Date,
        progress: VerificationProgress = VerificationProgress()
    ) {
        self.reader = reader
        self.keys = KeyRings(keys, range: range)
        self.range = range
        self.now = now
        self.progress = progress
    }

    /// - Throws: ``Failure`` if something could not be read: what was not seen is never proved.
    public func verify(_ tasks: [TrailFolderTask]) async throws(Failure) -> Verification {
        var whole = Verification(range: range)
        progress.note { $0.folders = tasks.count }
        do {
            try await withThrowingTaskGroup(of: Verification.self) { group in
                for (index, task) in tasks.enumerated() {
                    if index >= Self.foldersAtOnce, let part = try await group.next() { whole.add(part) }
                    group.addTask { try await FolderVerification(self, task).verify() }
                }
                for try await part in group { whole.add(part) }
            }
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure("the verification was not finished", why: "\(error)", advice: "run it again")
        }
        whole.sort()
        return whole
    }
}

/// What to verify in one account and region.
public struct TrailFolderTask: Sendable, Hashable {
    public var folder: TrailFolder
    /// Empty for each trail that has digests there.
    public var trails: Set<TrailName>

    public init(folder: TrailFolder, trails: Set<TrailName>) {
        self.folder = folder
        self.trails = trails
    }
}
