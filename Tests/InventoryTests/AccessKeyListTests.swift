import AWSClient
import Foundation
import Testing
import TestSupport

@testable import Inventory

/// The keys of users are listed user by user, so only those of the users that a scan names are.
@Suite(.timeLimit(.minutes(5))) struct AccessKeyListTests {
    private static func result(_ operation: String, _ content: String) -> HTTPResponse {
        .xml("<\(operation)Response><\(operation)Result>\(content)</\(operation)Result></\(operation)Response>")
    }

    private static let report = Data(
        """
        user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,\
        mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
        access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
        access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
        cert_1_last_rotated,cert_2_active,cert_2_last_rotated
        """.utf8
    ).base64EncodedString()

    private func read(
        _ users: Set<String>, _ list: @escaping @Sendable (_ body: String) -> String
    ) async throws -> (account: Account, server: AnsweringServer) {
        let server = try await AnsweringServer { operation, _, body in
            switch operation.name {
            case "GenerateCredentialReport": Self.result(operation.name, "<State>COMPLETE</State>")
            case "GetCredentialReport": Self.result(operation.name, "<Content>\(Self.report)</Content>")
            case "ListAccessKeys": Self.result(operation.name, list(body))
            default:
                Self.result(
                    operation.name,
                    "<UserDetailList/><GroupDetailList/><RoleDetailList/><Policies/><IsTruncated>false</IsTruncated>")
            }
        }
        let account = await server.account(
            "123456789012", caller: "x", facets: [.accessKeys], users: users)
        return (account, server)
    }

    private static func list(_ id: String, _ end: String = "<IsTruncated>false</IsTruncated>") -> String {
        """
        <AccessKeyMetadata><member><UserName>u</UserName><AccessKeyId>\(id)</AccessKeyId><Status>Active</Status>
        <CreateDate>2026-01-01T00:00:00Z</CreateDate></member></AccessKeyMetadata>\(end)
        """
    }

    @Test func namedUsersAreListedToTheLastPage() async throws {
        let (account, _) = try await read(["ann"]) { body in
            body.contains("Marker=next")
                ? Self.list("AKIAONE") : Self.list("AKIATWO", "<IsTruncated>true</IsTruncated><Marker>next</Marker>")
        }
        let keys = try account[.accessKeys].value
        #expect(keys.keys.sorted() == ["ann"])
        #expect(try keys["ann"]?.value.map(\.accessKeyID) == ["AKIAONE", "AKIATWO"])
        #expect(try keys["ann"]?.value.first?.createDate == Date(timeIntervalSince1970: 1_767_225_600))
    }

    @Test func whereNoUserIsNamedNoCallIsMade() async throws {
        let (account, server) = try await read([]) { _ in Self.list("AKIAONE") }
        #expect(try account[.accessKeys].value.isEmpty)
        #expect(server.asked.keys.allSatisfy { !$0.contains("ListAccessKeys") })
    }

    /// Beyond a number of users the list is not read, and the facts say so.
    @Test func tooManyUsersAreNotListedAndThatIsSaid() async throws {
        let users = Set((0..<Facet.mostListedUsers + 2).map { "user-\(1_000 + $0)" })
        let (account, server) = try await read(users) { _ in Self.list("AKIAONE") }
        let keys = try account[.accessKeys].value
        #expect(Set(keys.keys) == users)
        #expect(server.asked["x iam:ListAccessKeys"] == Facet.mostListedUsers)
        let unread = keys.filter { (try? $0.value.value) == nil }
        #expect(Set(unread.keys) == ["user-1100", "user-1101"])
        let unknown = #expect(throws: Unknown.self) { try unread["user-1100"]?.value }
        #expect(unknown?.explanation.contains("102 users") == true)
    }

    @Test func aRefusalIsOfOneUserAlone() async throws {
        let (account, _) = try await read(["ann", "bob"]) { body in
            body.contains("UserName=ann") ? "" : Self.list("AKIABOB")
        }
        let keys = try account[.accessKeys].value
        #expect(throws: Unknown.self) { try keys["ann"]?.value }
        #expect(try keys["bob"]?.value.count == 1)
    }
}
