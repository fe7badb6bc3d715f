import Foundation

@testable import Reports

extension Reportable {
    func json() throws -> Data { Data(try report.bytes(.json)) }
    func ndjson() throws -> Data { Data(try report.bytes(.ndjson)) }
    func ocsf() throws -> Data { Data(try report.bytes(.ocsf)) }
    func sarif() throws -> Data { Data(try report.bytes(.sarif)) }
    func csv() -> Data { Data((try? report.bytes(.csv)) ?? []) }
    func markdown() -> Data { Data((try? report.bytes(.markdown)) ?? []) }
    func html() -> Data { Data((try? report.bytes(.html)) ?? []) }
}
