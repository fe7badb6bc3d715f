import Testing

@testable import AWSClient

@Suite("Addresses that the user gives")
struct EndpointURLTests {
    @Test(
        "Sound ones are taken apart",
        arguments: [
            ("https://h", "https", "h", nil, "/"), ("HTTP://Host:80/", "http", "host", 80, "/"),
            ("http://[::1]:8443/aws/", "http", "[::1]", 8443, "/aws"),
            ("http://127.0.0.1:5000", "http", "127.0.0.1", 5000, "/"),
            ("https://a_b.c-d/x/y", "https", "a_b.c-d", nil, "/x/y"),
        ] as [(String, String, String, Int?, String)])
    func sound(text: String, scheme: String, host: String, port: Int?, path: String) throws {
        let url = try EndpointURL(text, from: "test")
        #expect(url.scheme == scheme)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
    }

    @Test(
        "Others are refused, never half understood",
        arguments: [
            "", "h", "localhost:5000", "ftp://h", "http://", "http:///x", "http://:80", "http://h:0", "http://h:65536",
            "http://h:x", "http://h:", "http://u@h", "http://u:p@h/", "http://[::1", "http://[]", "http://[::1]x",
            "http://h#f",
            "http://h\n", "http://h /", "http://hö", "http://h%41", "://h",
            "http://" + String(repeating: "@", count: 100_000),
        ])
    func refused(text: String) async {
        await expectFailure("is not an address that can be used") { try EndpointURL(text, from: "test") }
    }
}
