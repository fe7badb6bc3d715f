import AWSClient
import Foundation
import Runs

extension RunEnvironment {
    /// Credentials that moto takes, and nothing of this machine.
    static func testing(endpoint: String = "http://127.0.0.1:9", _ more: [String: String] = [:]) -> RunEnvironment {
        let variables = [
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": endpoint,
        ]
        return RunEnvironment(AWSEnvironment(variables: variables.merging(more) { $1 }, now: { Date() }))
    }
}

/// A file with a text, in a folder that vanishes with the value.
final class TextFile {
    let path: String
    private let folder: URL

    init(_ text: String, name: String = "file.yml") throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "parapet-runs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: name).path
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
