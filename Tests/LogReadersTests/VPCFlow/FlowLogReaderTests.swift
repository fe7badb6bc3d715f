import Testing

@testable import LogReaders

@Suite struct FlowLogReaderTests {
    /// What a test wants to know of a record, without slices of the buffer.
    struct Seen: Equatable {
        var account = "123456789010"
        var interface: String
        var source: String
        var destination: String
        var ports: [UInt16]
        var transport: UInt8 = 6
        var packets: UInt64 = 20
        var bytes: UInt64
        var start: Int
        var end = 1_418_530_070
        var action: FlowRecord.Action
        var status: FlowRecord.Status
    }

    private func read(_ text: String, format: FlowFormat? = nil) -> (seen: [Seen], reader: FlowLogReader) {
        var reader = FlowLogReader(format: format)
        reader.beginFile()
        var seen: [Seen] = []
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                seen.append(
                    Seen(
                        account: String(decoding: record.account, as: UTF8.self),
                        interface: String(decoding: record.interface, as: UTF8.self), source: "\(record.source)",
                        destination: "\(record.destination)", ports: [record.sourcePort, record.destinationPort],
                        transport: record.transport, packets: record.packets, bytes: record.bytes, start: record.start,
                        end: record.end, action: record.action, status: record.status))
            }
        }
        return (seen, reader)
    }

    private let plain =
        "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
    private let expected = Seen(
        interface: "eni-1235b8ca123456789", source: "172.31.16.139", destination: "172.31.16.21", ports: [20_641, 22],
        bytes: 4_249, start: 1_418_530_010, action: .accept, status: .ok)

    @Test(arguments: ["", "\n", "\r\n", "  \n", "\n\n"])
    func aRecordOfTheDefaultFormatIsReadHoweverItsLineEnds(ending: String) {
        let (seen, reader) = read(plain + ending)
        #expect(seen == [expected])
        #expect(reader.damaged.count == 0)
    }

    /// A leading zero is refused in each part of both addresses: by the code for AVX2, by Swift's for version 2, and by that for
    /// any format.
    @Test(arguments: 0..<8, ["01", "00", "001", "010"])
    func anAddressWithALeadingZeroIsNone(part: Int, digits: String) throws {
        var parts = ["172", "31", "16", "139", "172", "31", "16", "21"]
        func line() -> String {
            let (source, destination) = (parts[..<4].joined(separator: "."), parts[4...].joined(separator: "."))
            return plain.replacing("172.31.16.139 172.31.16.21", with: "\(source) \(destination)") + "\n"
        }
        let sound = line()
        parts[part] = digits
        let wrong = line()

        func fast(_ line: String) -> Int {
            let bytes = Array((line + sound + sound).utf8)
            return bytes.withUnsafeBufferPointer { bytes in
                withUnsafeTemporaryAllocation(of: FlowRecord.self, capacity: 1) { room in
                    var at = bytes.baseAddress!
                    return UsualFlowLines.read(&at, at + bytes.count, into: room)
                }
            }
        }
        if UsualFlowLines.areRead {
            #expect(fast(sound) == 1)
            #expect(fast(wrong) == 0)
        }
        func slow(_ format: FlowFormat, _ line: String) -> Bool {
            var record = FlowRecord()
            return Array(line.utf8).withUnsafeBufferPointer {
                FlowScanner(format).scan($0.baseAddress!, into: &record) != nil
            }
        }
        // The second format has the same columns, and one more.
        let longer = FlowFormat(columns: FlowFormat.version2.columns + [.vpcID])
        #expect(slow(.version2, sound) && slow(longer, sound.replacing("OK", with: "OK vpc-1")))
        #expect(!slow(.version2, wrong) && !slow(longer, wrong.replacing("OK", with: "OK vpc-1")))

        // In the middle of a chunk, and at its end.
        let (seen, reader) = read(sound + wrong + sound + sound + sound + wrong)
        #expect(seen.count == 4 && reader.damaged.count == 2)
    }

    /// In the middle of a chunk the usual lines take a shorter way than at its end.
    @Test(arguments: [
        "", "7", "07", "255", "256", "0123", "12345678", "123456789", "1234567890123456", "12345678901234567",
        "1234567890123456789", "-", "x", "1x", "1.2", "1:2", "/", "10.0.0", "10.0.0.1", "010.0.0.1", "0010.0.0.1",
        "10.0.0.256", "10 0 0 1", "10.0 0.1", "10.0.0.1.2", "10..0.1", "::1", "2001:db8::1", "65535", "65536", "ACCEPT",
        "REJECT", "ACCEPTS",
        "AXXEPT", "OK", "NODATA", "SKIPDATA", "eni-1", "\u{1}", "\t7", "7\r",
    ])
    func aLineIsReadAlikeWhereverItStands(word: String) {
        for column in 0..<14 {
            var words = plain.split(separator: " ").map(String.init)
            words[column] = word
            let line = words.joined(separator: " ")
            let alone = read(line)
            let followed = read(line + "\n" + Array(repeating: plain, count: 4).joined(separator: "\n"))
            #expect(followed.seen == alone.seen + Array(repeating: expected, count: 4), "\(line)")
            #expect(followed.reader.damaged.count == alone.reader.damaged.count, "\(line)")
        }
    }

    @Test func allNumbersAreReadWhereverALineStands() {
        var values: [UInt64] = [0, 1, 9, 10, 99, 100, 255]
        for exponent in 0..<16 {
            let power = (0..<exponent).reduce(UInt64(1)) { power, _ in power * 10 }
            values += [power, power * 7 + 3, power * 10 - 1]
        }
        let lines = values.map { plain.replacing(" 4249 ", with: " \($0) ") } + Array(repeating: plain, count: 4)
        let (seen, reader) = read(lines.joined(separator: "\n"))
        #expect(seen.map(\.bytes) == values + Array(repeating: 4_249, count: 4))
        #expect(reader.damaged.count == 0)
    }

    @Test func linesOfAllLengthsAreReadAlikeWhereverTheyStand() {
        // Up to and beyond what a usual line may have: names, accounts, addresses and numbers of every length.
        var lines: [String] = []
        for length in 1..<90 {
            let long = String(repeating: "7", count: length)
            lines.append(plain.replacing("eni-1235b8ca123456789", with: "e" + long))
            lines.append(plain.replacing("123456789010", with: long))
        }
        for address in ["1.2.3.4", "10.20.30.40", "100.200.100.200", "255.255.255.255"] {
            for (bytes, port) in [("0", "0"), ("4249", "80"), ("99999999", "65535"), ("100000000", "443")] {
                lines.append(
                    "2 1 e \(address) 255.255.255.255 \(port) \(port) 17 \(bytes) \(bytes) 1418530010 1418530070 REJECT OK"
                )
                lines.append("2 1 e 255.255.255.255 \(address) 1 1 1 1 1 999999999 10000000000 ACCEPT OK")
            }
        }
        let alone = lines.flatMap { read($0).seen }
        #expect(alone.count == lines.count)
        let together = read((lines + Array(repeating: plain, count: 4)).joined(separator: "\n"))
        #expect(together.seen == alone + Array(repeating: expected, count: 4))
        #expect(together.reader.records == lines.count + 4)
        #expect(together.reader.damaged.count == 0)
    }

    @Test(arguments: [1, 63, 64, 65, 130])
    func recordsComeInBatchesBeforeTheColumnsChange(count: Int) {
        var reader = FlowLogReader()
        reader.beginFile()
        // Of each batch how many there were, and the columns that had been told by then.
        let changes = Changes()
        reader.formatChanged = { changes.seen.append($0 == .version2 ? "default" : "other") }
        let text = String(repeating: plain + "\n", count: count) + "bytes srcaddr dstaddr\n5 10.0.0.1 10.0.0.2\n"
        var bytes: [UInt64] = []
        Array(text.utf8).withUnsafeBufferPointer { text in
            reader.readBatches(text) { batch in
                changes.seen.append(batch.count == 1 ? "one" : "some")
                bytes += batch.map(\.bytes)
            }
        }
        #expect(bytes == Array(repeating: 4_249, count: count) + [5])
        #expect(changes.seen.suffix(2) == ["other", "one"])
        #expect(changes.seen.filter { $0 == "other" }.count == 1)
    }

    private final class Changes {
        var seen: [String] = []
    }

    @Test func anAddressHasDots() {
        let (seen, reader) = read(plain.replacing("172.31.16.139", with: "172 31 16 139") + "\n")
        #expect(seen.isEmpty)
        #expect(reader.damaged.count == 1)
    }

    /// Exports from CloudWatch Logs have a time before each line.
    @Test func linesBehindTimesComeTogether() {
        var reader = FlowLogReader()
        reader.beginFile()
        let text = String(repeating: "2026-03-01T00:00:00.000Z \(plain)\n", count: 130)
        var counts: [Int] = []
        Array(text.utf8).withUnsafeBufferPointer { text in reader.readBatches(text) { counts.append($0.count) } }
        #expect(counts == [64, 64, 2])
    }

    @Test func aHeaderLineIsNoRecord() {
        let header =
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
        let (seen, reader) = read("\(header)\n\(plain)\n")
        #expect(seen == [expected])
        #expect(reader.damaged.count == 0)
    }

    @Test func aHeaderLineNamesTheColumns() {
        let (seen, reader) = read(
            "srcaddr bytes future-field dstaddr action interface-id\n10.0.0.1 77 ? 2001:db8::5 REJECT eni-9\n")
        #expect(seen.map(\.source) == ["10.0.0.1"])
        #expect(seen.map(\.destination) == ["2001:db8::5"])
        #expect(seen.map(\.bytes) == [77])
        #expect(seen.map(\.action) == [.reject])
        #expect(reader.damaged.count == 0)
    }

    @Test func theAddressesOfPacketsStandInForThoseOfTheInterface() {
        let (seen, reader) = read(
            "pkt-srcaddr pkt-dstaddr interface-id bytes\n10.0.0.1 10.0.0.2 eni-9 7\n- - eni-9 0\n")
        #expect(seen.map(\.source) == ["10.0.0.1", "::"] && seen.map(\.destination) == ["10.0.0.2", "::"])
        #expect(reader.lackingFields == [.sourcePort, .destinationPort, .transport, .packets, .start, .action])
        let (both, _) = read("pkt-srcaddr srcaddr dstaddr pkt-dstaddr\n10.9.9.9 10.0.0.1 10.0.0.2 10.8.8.8\n")
        #expect(both.map(\.source) == ["10.0.0.1"] && both.map(\.destination) == ["10.0.0.2"])
    }

    /// A header without records below it tells nothing.
    @Test(arguments: [FlowFormat.version2, .transitGateway])
    func theDefaultFormatsLackNothing(format: FlowFormat) {
        #expect(format.lackingFields.isEmpty)
        #expect(read("srcaddr dstaddr\n").reader.lackingFields.isEmpty)
    }

    @Test func theMiddleOfAFileIsReadByTheFilesHeader() {
        var reader = FlowLogReader()
        var bytes: [UInt64] = []
        let (header, piece) = (Array("srcaddr dstaddr bytes\n".utf8), Array("10.0.0.1 10.0.0.2 5\n".utf8))
        header.withUnsafeBufferPointer { reader.beginInFile(firstLine: $0) }
        piece.withUnsafeBufferPointer { reader.read($0) { bytes.append($0.bytes) } }
        #expect(bytes == [5])
    }

    @Test func aNewHeaderInTheMiddleChangesTheColumns() {
        let (seen, _) = read("\(plain)\nbytes srcaddr dstaddr\n5 10.0.0.1 10.0.0.2\n")
        #expect(seen.map(\.bytes) == [4_249, 5])
    }

    @Test func theCallerMayNameTheColumns() throws {
        let format = try #require(FlowFormat("${dstaddr} ${srcaddr} ${interface-id} ${log-status}"))
        let (seen, reader) = read("10.0.0.2 10.0.0.1 eni-7 OK\n10.0.0.2 - - NODATA\n", format: format)
        #expect(seen.map(\.interface) == ["eni-7", ""])
        #expect(seen.map(\.status) == [.ok, .noData])
        #expect(reader.damaged.count == 0)
    }

    @Test(arguments: [("NODATA", FlowRecord.Status.noData), ("SKIPDATA", .skipData)])
    func recordsWithoutTrafficAreRead(word: String, status: FlowRecord.Status) {
        let (seen, reader) = read(
            "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - \(word)\n")
        #expect(seen.map(\.status) == [status])
        #expect(seen.map(\.start) == [1_431_280_876])
        #expect(reader.damaged.count == 0)
    }

    @Test func sixIsReadInTheDefaultFormat() {
        let (seen, _) = read(
            "2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 ::ffff:10.1.2.3 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK\n"
        )
        #expect(seen.map(\.source) == ["2001:db8:1234:a100:8d6e:3477:df66:f105"])
        #expect(seen.map(\.destination) == ["10.1.2.3"])
    }

    @Test func aTimeBeforeTheRecordIsSkipped() {
        let (seen, reader) = read("2026-03-01T00:00:00.000Z \(plain)\n2026-03-01T00:00:01.000Z \(plain)\n")
        #expect(seen == [expected, expected])
        #expect(reader.damaged.count == 0)
    }

    /// Found by fuzzing: a space at the beginning was looked at for the letter before it.
    @Test func aLineThatBeginsWithASpaceHasNoTime() {
        let (seen, reader) = read(" tgw-ACCEPTcoACCEPTSKIPDATA OK\n")
        #expect(seen.isEmpty)
        #expect(reader.damaged.count == 1)
    }

    @Test func aTransitGatewaysDefaultFormatIsRecognised() {
        let line =
            "6 TransitGateway 123456789012 tgw-1 tgw-attach-5 111111111111 222222222222 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 use1-az1 use1-az2 tgw-attach-6 10.1.0.4 10.2.0.9 40000 443 6 12 5000 1661280000 1661280060 OK IPv4 0 0 0 0 18 us-east-1 egress - -"
        let (seen, reader) = read("\(line)\n\(line)\n")
        #expect(seen.map(\.interface) == ["tgw-attach-5", "tgw-attach-5"])
        #expect(seen.map(\.bytes) == [5_000, 5_000])
        #expect(reader.damaged.count == 0)
    }

    @Test func theDefaultFormatsMayStandInOneFile() {
        let gateway =
            "6 TransitGateway 123456789012 tgw-1 tgw-attach-5 111111111111 222222222222 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 use1-az1 use1-az2 tgw-attach-6 10.1.0.4 10.2.0.9 40000 443 6 12 5000 1661280000 1661280060 OK IPv4 0 0 0 0 18 us-east-1 egress - -"
        let text = "\(plain)\n\(gateway)\nrubbish\n\(plain)\n\(gateway)\n\(plain)\n"
        let (seen, reader) = read(text)
        #expect(seen.filter { $0 == expected }.count == 3, "nothing is left of the other format's fields")
        #expect(seen.filter { $0.interface == "tgw-attach-5" }.count == 2)
        #expect(reader.damaged.count == 1)
    }

    @Test(arguments: [
        "hello", "2 1 eni-1 10.0.0.1", "2 1 eni-1 10.0.0.256 10.0.0.1 1 2 6 1 1 1 2 ACCEPT OK",
        "2 1 eni-1 10.0.0.2 10.0.0.1 70000 2 6 1 1 1 2 ACCEPT OK",
        "2 1 eni-1 10.0.0.2 10.0.0.1 1 2 6 1 x 1 2 ACCEPT OK",
        "2 1 eni-1 10.0.0.2 10.0.0.1 1 2 6 1 1 1 2 PERHAPS OK",
        "2 1 eni-1 10.0.0.2 10.0.0.1 1 2 6 1 1 1 2 ACCEPT OK more",
        "2 1 eni-1 10.0.0.2 10.0.0.1 1 2 6 1 99999999999999999999 1 2 ACCEPT OK", "\u{0}\u{0}\u{0}",
    ])
    func aDamagedLineIsCountedAndTheRestIsRead(line: String) {
        let (seen, reader) = read("\(plain)\n\(line)\n\(plain)\n")
        #expect(seen == [expected, expected])
        #expect(reader.damaged.count == 1)
        #expect(reader.damaged.samples.count == 1)
    }

    @Test func whatIsCutAnywhereNeverBreaksTheReader() {
        let bytes = Array("\(plain)\n\(plain)\n".utf8)
        for end in 0...bytes.count {
            let (seen, reader) = read(String(decoding: bytes[..<end], as: UTF8.self))
            #expect(seen.count + reader.damaged.count == (end == 0 ? 0 : end <= plain.utf8.count + 1 ? 1 : 2))
        }
    }

    @Test func noiseIsNeverTakenForRecords() {
        var state: UInt64 = 88
        for _ in 0..<300 {
            var bytes = Array("\(plain)\n".utf8)
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 17)
            }
            var reader = FlowLogReader()
            var records = 0
            bytes.withUnsafeBufferPointer { reader.read($0) { _ in records += 1 } }
            #expect(records == reader.records)
        }
    }

    private let names =
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"

    @Test func headersWithUnderscoresOrCapitalsNameTheSameFields() {
        for header in [names.replacing("-", with: "_"), names.uppercased(), names.replacing("src", with: "Src")] {
            let (seen, reader) = read("\(header) vpc_ID\n\(plain) vpc-1\n")
            #expect(seen == [expected], "\(header)")
            #expect(reader.format.columns.last == .vpcID)
            #expect(reader.unknownNames.isEmpty)
        }
    }

    @Test(arguments: [false, true])
    func aTableWithCommasIsRead(isQuoted: Bool) {
        func row(_ line: String) -> String {
            line.split(separator: " ").map { isQuoted ? "\"\($0)\"" : "\($0)" }.joined(separator: ",")
        }
        let (seen, reader) = read("\(row(names))\r\n\(row(plain))\r\n\(row(plain))")
        #expect(seen == [expected, expected])
        #expect(reader.damaged.count == 0)
        let noTraffic = "2,123456789010,eni-1,,,,,,,,1431280876,1431280934,,NODATA"
        #expect(read("\(row(names))\n\(noTraffic)\n").seen.map(\.status) == [.noData])
    }

    @Test func aHeaderWithCommasOverRecordsWithSpacesIsToldForWhatItIs() {
        let (seen, reader) = read("\(names.replacing(" ", with: ","))\n\(plain)\n")
        #expect(seen.isEmpty)
        #expect(reader.damaged.samples.map(\.reason) == ["the header is separated by commas, the record by spaces"])
    }

    @Test(arguments: [
        ("\t", "the columns are separated by tabs instead of spaces"),
        (", ", "the columns are separated by commas with spaces: remove the spaces"),
    ])
    func otherSeparatorsAreNamed(separator: String, reason: String) {
        let table = [names, plain].map { $0.replacing(" ", with: separator) + "\n" }.joined()
        #expect(read(table).reader.damaged.samples.map(\.reason) == [reason])
    }

    @Test func columnsOfPartitionsAreNotUnknown() {
        let table =
            "srcaddr,dstaddr,bytes,packets,aws-account-id,aws_service,date\n"
            + "10.0.0.1,10.0.0.2,5,1,1,vpcflowlogs,2026/11/09\n"
        let (rows, reader) = read(table)
        #expect(rows.count == 1 && reader.unknownNames.isEmpty)
    }

    @Test func unknownNamesOfAHeaderAreRemembered() {
        #expect(
            read("srcaddr dstaddr future-field bytes\n10.0.0.1 10.0.0.2 x 5\n").reader.unknownNames == ["future-field"])
        #expect(read("\(names)\n\(plain)\n").reader.unknownNames.isEmpty)
    }

    @Test(arguments: ["interface-id resource-id", "resource-id interface-id"])
    func aRegionalGatewayIsNamedByItsResource(columns: String) {
        let isFirst = columns.hasPrefix("interface")
        func line(_ interface: String, _ resource: String) -> String {
            "\(isFirst ? interface : resource) \(isFirst ? resource : interface) 10.0.0.1 10.0.0.2 5"
        }
        let (seen, reader) = read(
            "\(columns) srcaddr dstaddr bytes\n\(line("-", "nat-1"))\n\(line("eni-1", "nat-1"))\n\(line("eni-2", "-"))\n"
        )
        #expect(seen.map(\.interface) == ["nat-1", "eni-1", "eni-2"])
        #expect(reader.damaged.count == 0)
    }

    @Test func tagsAreDecoded() throws {
        let header = "srcaddr dstaddr instance-tag interface-tag-2 asg-tag next-hop-interface-type interface-type"
        let line = "10.0.0.1 10.0.0.2 web%20team%2Feu 100%x - nat_gateway vpc_endpoint"
        var list = FieldList()
        let numbers = ["instance-tag", "InterfaceTag2", "asg_tag", "next_hop_interface_type", "interface-type"].map {
            list.number(of: $0)
        }
        let lookup = FlowEvent.Lookup(list, try #require(FlowFormat(header)))
        var reader = FlowLogReader()
        Array("\(header)\n\(line)\n".utf8).withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                let event = FlowEvent(record, lookup)
                let texts = numbers.map { number -> String? in
                    if case .text(let bytes) = event.value(of: number) { return String(decoding: bytes, as: UTF8.self) }
                    return nil
                }
                #expect(texts == ["web team/eu", "100%x", nil, "nat_gateway", "vpc_endpoint"])
                #expect(event.anyText { String(decoding: $0, as: UTF8.self) == "web team/eu" })
            }
        }
        #expect(reader.records == 1)
    }

    @Test func rulesSeeFieldsByTheNamesThatPeopleUse() {
        var list = FieldList()
        let names = ["dstport", "dst_port", "DestinationPort", "interface-id", "action", "vpc-id", "nonsense"]
        let numbers = names.map { list.number(of: $0) }
        let lookup = FlowEvent.Lookup(list, .version2)
        var reader = FlowLogReader()
        Array(plain.utf8).withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                let event = FlowEvent(record, lookup)
                let texts = numbers.map { number -> String? in
                    switch event.value(of: number) {
                    case .text(let bytes), .number(let bytes): String(decoding: bytes, as: UTF8.self)
                    default: nil
                    }
                }
                #expect(texts == ["22", "22", "22", "eni-1235b8ca123456789", "ACCEPT", nil, nil])
                #expect(event.anyText { String(decoding: $0, as: UTF8.self) == "4249" })
                #expect(!event.anyText { String(decoding: $0, as: UTF8.self) == "424" })
            }
        }
        #expect(reader.records == 1)
    }
}

@Suite struct FlowAddressTests {
    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1"), ("::", "::"), ("::1", "::1"), ("2001:DB8::", "2001:db8::"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:1.2.3.4", "1.2.3.4"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("fe80::1:0", "fe80::1:0"),
    ])
    func addressesAreReadAndWritten(text: String, written: String) {
        #expect(FlowAddress(text)?.description == written)
    }

    @Test(arguments: [
        "", "-", "10.0.0", "10.0.0.0.1", "1.2.3.256", "1..2.3", ":1", "1:2", "1::2::3", "12345::", "::g",
        "1:2:3:4:5:6:7:8:9", ":",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(FlowAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.255.1.2", true), ("172.16.0.1", true), ("172.32.0.1", false), ("192.168.1.1", true), ("100.64.0.1", true),
        ("100.128.0.1", false), ("169.254.169.254", true), ("8.8.8.8", false), ("224.0.0.1", true), ("fd00::1", true),
        ("fe80::1", true), ("2600:1f18::1", false), ("ff02::1", true), ("::1", true),
    ])
    func privateRangesAreInternal(text: String, isInternal: Bool) {
        #expect(FlowAddress(text)?.isInternal == isInternal)
    }
}
