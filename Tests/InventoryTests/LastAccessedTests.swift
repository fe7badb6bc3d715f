import AWSClient
import Foundation
import Inventory
import Testing
import TestSupport

/// IAM's last accessed information is a job: it takes a while, comes in pages, and may fail.
@Suite(.timeLimit(.minutes(5))) struct LastAccessedTests {
    private static let alice = "arn:aws:iam::123456789012:user/alice"

    private static func result(_ operation: String, _ content: String) -> HTTPResponse {
        .xml("<\(operation)Response><\(operation)Result>\(content)</\(operation)Result></\(operation)Response>")
    }

    /// - Parameter pages: the answers to `GetServiceLastAccessedDetails`, by the marker that was given.
    private func read(_ pages: @escaping @Sendable (_ body: String) -> String) async throws -> Account {
        let server = try await AnsweringServer { operation, _, body in
            switch operation.name {
            case "GetAccountAuthorizationDetails":
                Self.result(
                    operation.name,
                    """
                    <UserDetailList><member><UserName>alice</UserName><Arn>\(Self.alice)</Arn></member></UserDetailList>
                    <GroupDetailList/><RoleDetailList><member><RoleName>linked</RoleName>
                    <Arn>arn:aws:iam::123456789012:role/aws-service-role/x/linked</Arn><Path>/aws-service-role/x/</Path>
                    <AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument></member></RoleDetailList><Policies/>
                    <IsTruncated>false</IsTruncated>
                    """)
            case "GenerateServiceLastAccessedDetails": Self.result(operation.name, "<JobId>job-1</JobId>")
            default: Self.result(operation.name, pages(body))
            }
        }
        return await server.account("123456789012", caller: "x", facets: [.lastAccessed])
    }

    private static func page(_ service: String, _ end: String = "<IsTruncated>false</IsTruncated>") -> String {
        """
        <JobStatus>COMPLETED</JobStatus><ServicesLastAccessed><member><ServiceNamespace>\(service)</ServiceNamespace>
        <LastAuthenticated>2026-01-01T00:00:00Z</LastAuthenticated><TrackedActionsLastAccessed>
        <member><ActionName>B</ActionName></member>
        <member><ActionName>A</ActionName><LastAccessedTime>2026-01-01T00:00:00Z</LastAccessedTime></member>
        </TrackedActionsLastAccessed></member></ServicesLastAccessed>\(end)
        """
    }

    @Test func pagesAreReadToTheEnd() async throws {
        let account = try await read { body in
            body.contains("Marker=next")
                ? Self.page("ec2") : Self.page("s3", "<IsTruncated>true</IsTruncated><Marker>next</Marker>")
        }
        let accesses = try account[.lastAccessed].value
        #expect(accesses.keys.sorted() == [Self.alice], "a service-linked role is left out")
        let services = try accesses[Self.alice]?.value
        #expect(services?.map(\.serviceNamespace) == ["ec2", "s3"])
        #expect(services?[0].lastAuthenticated == Date(timeIntervalSince1970: 1_767_225_600))
        #expect(services?[0].trackedActionsLastAccessed.map(\.actionName) == ["A", "B"])
        #expect(services?[0].trackedActionsLastAccessed.map { $0.lastAccessedTime != nil } == [true, false])
    }

    @Test(
        arguments: [
            ("<JobStatus>IN_PROGRESS</JobStatus>", Unknown.Reason.notYet),
            (
                "<JobStatus>FAILED</JobStatus><Error><Message>no</Message><Code>Broken</Code></Error>",
                .failed
            ),
            ("<JobStatus>COMPLETED</JobStatus>", .failed),
            (page("s3", "<IsTruncated>true</IsTruncated>"), .truncated),
            (page("s3", "<IsTruncated>true</IsTruncated><Marker>again</Marker>"), .truncated),
        ])
    func whatIsNotToldIsUnknown(answer: String, reason: Unknown.Reason) async throws {
        let account = try await read { _ in answer }
        let fact = try #require(try account[.lastAccessed].value[Self.alice])
        let unknown = #expect(throws: Unknown.self) { try fact.value }
        #expect(unknown?.reason == reason)
        #expect(unknown?.call == "iam:GetServiceLastAccessedDetails")
    }
}
