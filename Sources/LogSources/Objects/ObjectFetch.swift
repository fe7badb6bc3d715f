import Basics

/// Fetches objects for the workers.
enum ObjectFetch {
    /// In bytes: what is larger is read part by part.
    static let largest = 12 << 20

    static func whole(_ file: LogFile, at address: ObjectAddress, in store: any LogStore, share: Int) async -> WorkItem
    {
        switch await part(of: address, in: store, from: 0, length: max(1, file.size), version: nil) {
        case .failure(let failure): .failed(file, failure.why)
        // It was replaced by a larger one since it was listed.
        case .success(let part) where part.bytes.count < part.totalSize: .large(file)
        case .success(let part): .fetched(file, part.bytes, share: share)
        }
    }

    static func part(
        of address: ObjectAddress, in store: any LogStore, from offset: Int, length: Int, version: String?
    ) async -> Result<ObjectPart, OpenLogFile.Failure> {
        do throws(Failure) {
            let part = try await store.part(of: address, from: offset, length: length, version: version)
            return part.map { .success($0) } ?? .failure(OpenLogFile.Failure(why: "the object vanished"))
        } catch {
            return .failure(OpenLogFile.Failure(why: "\(error.why): \(error.advice)"))
        }
    }
}
