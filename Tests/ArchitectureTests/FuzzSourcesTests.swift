import Foundation
import Testing
import TestSupport

/// The lists of files that fuzzers are built from.
@Suite struct FuzzSourcesTests {
    @Test func everyListedFileExists() throws {
        let fuzz = Repository.file("Fuzz")
        let lists = try FileManager.default.subpathsOfDirectory(atPath: fuzz.path).filter { $0.hasSuffix("/sources") }
        #expect(lists.count > 3)
        for list in lists {
            for line in try String(contentsOf: fuzz.appending(path: list), encoding: .utf8).split(separator: "\n")
            where line.hasPrefix("Sources/") {
                // A pattern stands for the files of a folder.
                let path =
                    line.hasSuffix("*/*.swift") || line.hasSuffix("/*.c")
                    ? line.prefix { $0 != "*" } : line.hasSuffix("/*.swift") ? line.dropLast("/*.swift".count) : line
                #expect(FileManager.default.fileExists(atPath: Repository.file(String(path)).path), "\(list): \(line)")
            }
        }
    }
}
