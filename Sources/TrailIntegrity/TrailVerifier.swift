public import Basics
import AWSClient
public import FoundationEssentials
public import LogSources

/// Verifies the log files that trails delivered, from S3 or from a local copy. It verifies as many accounts and Regions
/// at once as memory allows.
public struct TrailVerifier: Sendable {
    let reader: ObjectReader
    let keys: KeyRings
    private(set) var range: ClosedRange<Date>
    /// The current time, which decides whether a newer digest is due.
    let now: Date
    let progress: VerificationProgress

    /// Maximum number of folders (one account and Region each) verified at once. For each one, some digests and the
    /// names of its log files are in memory.
    private static let foldersAtOnce = 8

    /// - Parameters:
    ///   - range: the period whose delivered log files are verified.
    ///   - now: the current time, which decides whether a newer digest is due.
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

    /// - Parameter starts: the time from which a folder is verified, if it is later than the beginning of the range.
    /// - Throws: ``Failure`` if an object could not be read, because its content is then unproven.
    public func verify(
        _ tasks: [TrailFolderTask], from starts: [TrailFolderTask: Date] = [:]
    ) async throws(Failure) -> Verification {
        var whole = Verification(range: range)
        progress.update { $0.folders = tasks.count }
        do {
            try await withThrowingTaskGroup(of: Verification.self) { group in
                for (index, task) in tasks.enumerated() {
                    if index >= Self.foldersAtOnce, let part = try await group.next() { whole.add(part) }
                    var verifier = self
                    if let start = starts[task], range.contains(start) {
                        verifier.range = start...range.upperBound
                    }
                    group.addTask { [verifier] in try await FolderVerification(verifier, task).verify() }
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

/// The trails to verify in one account and Region.
public struct TrailFolderTask: Sendable, Hashable {
    public var folder: TrailFolder
    /// Empty for all trails that have digests there.
    public var trails: Set<TrailName>

    public init(folder: TrailFolder, trails: Set<TrailName>) {
        self.folder = folder
        self.trails = trails
    }
}
