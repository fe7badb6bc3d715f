import Basics
import SparkConnect
import TestSupport
import Testing

@Suite struct SparkURLTests {
    @Test func partsOfTheURLAreRead() throws {
        let url = try SparkURL(
            "sc://spark.example.com:443/;token=a%3Bb;user_id=ann;session_id=01234567-89ab-cdef-0123-456789abcdef;"
                + "x-cluster-id=c1;user_agent=other")
        #expect((url.host, url.port, url.usesTLS) == ("spark.example.com", 443, true))
        #expect(url.token == "a;b")
        #expect(url.userID == "ann")
        #expect(url.sessionID == "01234567-89ab-cdef-0123-456789abcdef")
        #expect(url.headers.map(\.name) == ["x-cluster-id"])
    }

    @Test(arguments: [
        ("sc://localhost", "localhost", 15_002), ("sc://127.0.0.1:1/", "127.0.0.1", 1),
        ("sc://[::1]:15002", "::1", 15_002), ("sc://[::1]", "::1", 15_002), ("sc://h/;use_ssl=false", "h", 15_002),
    ])
    func plainURLs(text: String, host: String, port: Int) throws {
        let url = try SparkURL(text)
        #expect((url.host, url.port) == (host, port))
        #expect(!url.usesTLS)
        #expect(url.token == nil)
    }

    @Test func aTokenDemandsTLSUnlessTheHostIsThisMachine() throws {
        #expect(try SparkURL("sc://spark.example.com", token: "t").usesTLS)
        #expect(try SparkURL("sc://127.evil.example.com", token: "t").usesTLS)
        for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"] {
            #expect(try !SparkURL("sc://\(host)", token: "t").usesTLS)
        }
        #expect(throws: Failure.self) { try SparkURL("sc://spark.example.com/;use_ssl=false", token: "t") }
    }

    @Test func theURLHasPrecedenceOverTheEnvironment() throws {
        #expect(try SparkURL("sc://h/;token=a", token: "b").token == "a")
        #expect(try SparkURL("sc://h", token: "").token == nil)
    }

    @Test(arguments: [
        "", "sc:/", "sc://", "sc:///", "http://h", "SC://h", "sc://h:0", "sc://h:65536", "sc://h:", "sc://h:1x",
        "sc://h:+1",
        "sc://h/path", "sc://h/;x", "sc://h/;=x", "sc://h/;token=", "sc://h/;token=%0A", "sc://h/;token=%zz",
        "sc://h/;token=%ff", "sc://h/;use_ssl=maybe", "sc://h/;session_id=1", "sc://h/;token=a;token=b", "sc://u@h",
        "sc://[::1", "sc://[x]:1", "sc://::1", "sc://h h", "sc://h/;a b=c", "sc://hé",
    ])
    func garbageIsRefusedWithoutASecretInTheMessage(text: String) throws {
        let failure = #expect(throws: Failure.self) { try SparkURL(text, token: "secret") }
        #expect(failure.map { !"\($0)".contains("secret") } == true)
    }

    @Test func anyTextIsReadOrRefused() {
        var random = SeededGenerator(seed: 7)
        let alphabet = Array("sc://[]:;=%0123456789abz.-é \n")
        for _ in 0..<5_000 {
            let tail = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? "a"
            }
            if let url = try? SparkURL("sc://" + String(tail)) {
                #expect((1...65_535).contains(url.port))
                #expect(!url.host.isEmpty)
            }
        }
    }

    @Test func theDescriptionHasNoSecret() throws {
        #expect("\(try SparkURL("sc://[::1]:5/;token=secret"))" == "sc://[::1]:5")
    }
}
