import LogReaders
import Testing

@Suite struct AccessLogReaderTests {
    private static let head =
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be trail-logs [06/Feb/2019:00:00:38 +0000] 192.0.2.3 arn:aws:iam::123456789012:user/ann 3E57427F3EXAMPLE REST.GET.OBJECT AWSLogs/a.json.gz"
    private static let middle = "200 - 113 115 7 6"
    private static let tail =
        "v1 s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader trail-logs.s3.amazonaws.com TLSv1.2 arn:aws:s3:us-west-1:123456789012:accesspoint/ap Yes eu-west-1"
    private static let plain = "\(head) \"GET /trail-logs/a HTTP/1.1\" \(middle) \"-\" \"curl/8\" \(tail)"

    private func read(_ text: String) -> (fields: [[AccessField: String]], reader: AccessLogReader) {
        var reader = AccessLogReader()
        var fields: [[AccessField: String]] = []
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                var seen: [AccessField: String] = [:]
                for field in AccessField.allCases where !record[field].isEmpty {
                    seen[field] = String(decoding: record[field], as: UTF8.self)
                }
                fields.append(seen)
            }
        }
        return (fields, reader)
    }

    @Test func everyFieldIsFound() throws {
        let (fields, reader) = read(Self.plain + "\n")
        let seen = try #require(fields.first)
        #expect(reader.damaged.count == 0)
        #expect(seen.count == AccessField.allCases.count)
        #expect(seen[.time] == "06/Feb/2019:00:00:38 +0000")
        #expect(seen[.requestURI] == "GET /trail-logs/a HTTP/1.1")
        #expect(seen[.status] == "200")
        #expect(seen[.turnAroundTime] == "6")
        #expect(seen[.referrer] == "-")
        #expect(seen[.userAgent] == "curl/8")
        #expect(seen[.versionID] == "v1")
        #expect(seen[.aclRequired] == "Yes")
        #expect(seen[.sourceRegion] == "eu-west-1")
    }

    @Test func theTimeIsReadAsSecondsSince1970() {
        var reader = AccessLogReader()
        var times: [Int?] = []
        Array(Self.plain.utf8).withUnsafeBufferPointer { reader.read($0) { times.append($0.time) } }
        #expect(times == [1_549_411_238])
    }

    /// The clock knows the day of the record before; that must not change what it reads.
    @Test func theClockReadsWhatTheRecordSays() {
        let texts = [
            "06/Feb/2019:00:00:38 +0000", "06/Feb/2019:23:59:59 +0000", "06/Feb/2019:23:59:60 +0000",
            "06/Feb/2019:10:00:00 +0200", "06/Feb/2019:10:00:00", "07/Feb/2019:00:00:00 +0000",
            "07/Feb/2019:24:00:00 +0000", "07/Feb/2019:1x:00:00 +0000", "07/Feb/2020:00:00:00 +0000",
            "07/Mar/2020:00:00:00 +0000", "07/Mar/2020:00:60:00 +0000", "nonsense",
        ]
        let lines = texts.map { Self.plain.replacing("06/Feb/2019:00:00:38 +0000", with: $0) }
        var clock = AccessClock()
        var reader = AccessLogReader()
        Array(lines.joined(separator: "\n").utf8).withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in #expect(clock.seconds(of: record) == record.time) }
        }
        #expect(reader.records == texts.count)
    }

    @Test(arguments: [
        ("GET /a HTTP/1.1", "-", "say \"hi\" to me"), ("GET /a?q=\"x\" HTTP/1.1", "-", "curl"),
        ("GET /\"a\" 200 HTTP/1.1", "https://x/\"y\"", "\"quoted\""), ("GET / HTTP/1.1", "-", ""),
        ("GET / HTTP/1.1", "-", "x\" - host SigV4 ECDHE AuthHeader h TLSv1.2 - \"y"),
    ])
    func quotesWithinQuotesDoNotShiftTheFields(uri: String, referrer: String, agent: String) {
        let (fields, _) = read("\(Self.head) \"\(uri)\" \(Self.middle) \"\(referrer)\" \"\(agent)\" \(Self.tail)\n")
        #expect(fields.first?[.requestURI] == uri)
        #expect(fields.first?[.status] == "200")
        #expect(fields.first?[.userAgent] ?? "" == agent)
        #expect(fields.first?[.signatureVersion] == "SigV4")
        #expect(fields.first?[.aclRequired] == "Yes")
    }

    @Test(arguments: 0...10)
    func missingTrailingFieldsAreAbsent(kept: Int) {
        let words = Self.tail.split(separator: " ").prefix(kept).joined(separator: " ")
        let (fields, reader) = read("\(Self.head) \"GET / HTTP/1.1\" \(Self.middle) \"-\" \"curl\" \(words)")
        #expect(reader.damaged.count == 0)
        #expect(fields.first?.count == 17 + kept)
    }

    @Test func moreFieldsThanAreKnownDoNotMatter() {
        var reader = AccessLogReader()
        var extra = 0
        Array((Self.plain + " one two").utf8).withUnsafeBufferPointer { bytes in
            reader.read(bytes) { extra = $0.extraFields }
        }
        #expect(extra == 2)
    }

    @Test func aRequestWithoutURIIsRead() {
        let (fields, reader) = read("\(Self.head) - 204 - - - - - - - - -\n")
        #expect(reader.damaged.count == 0)
        #expect(fields.first?[.status] == "204")
    }

    @Test(arguments: [
        "x", "a b c", "a b [c] d", "owner bucket [time] 1.2.3.4 r id op key \"GET / HTTP/1.1", "\u{0}", "\"\"\"\"\"",
    ])
    func aDamagedLineIsCountedAndTheRestIsRead(line: String) {
        let (fields, reader) = read("\(Self.plain)\n\(line)\n\(Self.plain)\r\n")
        #expect(fields.count == 2)
        #expect(reader.damaged.count == 1)
    }

    @Test func whatIsCutAnywhereNeverBreaksTheReader() {
        let bytes = Array(Self.plain.utf8)
        for end in 1...bytes.count {
            var reader = AccessLogReader()
            bytes[..<end].withUnsafeBufferPointer { reader.read($0) { _ in } }
            #expect(reader.records + reader.damaged.count == 1)
        }
    }

    @Test func rulesSeeFieldsByTheNamesThatPeopleUse() {
        var list = FieldList()
        let numbers = ["remote_ip", "remoteip", "httpstatus", "versionId", "acl_required", "SourceRegion", "nonsense"]
            .map {
                list.number(of: $0)
            }
        let lookup = AccessEvent.Lookup(list)
        var reader = AccessLogReader()
        Array(Self.plain.utf8).withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                let event = AccessEvent(record, lookup)
                let texts = numbers.map { number -> String? in
                    switch event.value(of: number) {
                    case .text(let bytes), .number(let bytes): String(decoding: bytes, as: UTF8.self)
                    default: nil
                    }
                }
                #expect(texts == ["192.0.2.3", "192.0.2.3", "200", "v1", "Yes", "eu-west-1", nil])
            }
        }
        #expect(reader.records == 1)
    }

    /// CloudFront's origin access identities have spaces in their names.
    @Test(arguments: [
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE51Z", "one two", "a b c d e f",
    ])
    func aRequesterMayHaveSpaces(requester: String) {
        let head = Self.head.replacing("arn:aws:iam::123456789012:user/ann", with: requester)
        for key in ["AWSLogs/a.json.gz", "-", "a key with spaces", "REST.PUT.OBJECT"] {
            let (fields, reader) = read(
                "\(head.replacing("AWSLogs/a.json.gz", with: key)) \"GET /a HTTP/1.1\" \(Self.middle) \"-\" \"curl\" \(Self.tail)\n"
            )
            #expect(reader.damaged.count == 0)
            #expect(fields.first?[.remoteIP] == "192.0.2.3")
            #expect(fields.first?[.requester] == requester)
            #expect(fields.first?[.requestID] == "3E57427F3EXAMPLE")
            #expect(fields.first?[.operation] == "REST.GET.OBJECT")
            #expect(fields.first?[.key] == key)
            #expect(fields.first?[.requestURI] == "GET /a HTTP/1.1")
            #expect(fields.first?[.aclRequired] == "Yes")
        }
    }

    @Test func aRequestWithoutURIMayHaveSpacesBeforeIt() {
        let head = Self.head.replacing("user/ann", with: "user/CloudFront Origin Access Identity E2")
        let (fields, reader) = read("\(head) - 204 - - - - - - - - -\n")
        #expect(reader.damaged.count == 0)
        #expect(fields.first?[.requester]?.hasSuffix("Identity E2") == true)
        #expect(fields.first?[.status] == "204")
    }

    /// Operations of interfaces that S3 does not have yet are read as they stand.
    @Test func anUnknownOperationChangesNothing() {
        let (fields, reader) = read(Self.plain.replacing("REST.GET.OBJECT", with: "GRPC.READ.OBJECT"))
        #expect(reader.damaged.count == 0)
        #expect(fields.first?[.operation] == "GRPC.READ.OBJECT")
        #expect(fields.first?[.key] == "AWSLogs/a.json.gz")
    }

    @Test(arguments: ["curl/8", "say \"hi\"", "x\" - host SigV4 ECDHE AuthHeader h TLSv1.2 - \"y", ""])
    func aFieldInQuotesBehindTheOthersSwallowsNone(agent: String) {
        var reader = AccessLogReader()
        var seen: [String] = []
        let line = "\(Self.head) \"GET / HTTP/1.1\" \(Self.middle) \"-\" \"\(agent)\" \(Self.tail) \"new field\" more"
        Array(line.utf8).withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                seen = [AccessField.userAgent, .versionID, .signatureVersion, .tlsVersion, .sourceRegion].map {
                    String(decoding: record[$0], as: UTF8.self)
                }
                #expect(record.extraFields == 2)
            }
        }
        #expect(seen == [agent, "v1", "SigV4", "TLSv1.2", "eu-west-1"])
    }
}
