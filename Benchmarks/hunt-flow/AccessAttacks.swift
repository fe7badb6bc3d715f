/// A planted event in access logs: an attack, or a harmless trap that looks like one.
struct AccessPlant {
    enum Kind: String, CaseIterable {
        case refusedBurst = "refused-burst"
        case keyEnumeration = "key-enumeration"
        case refusedThenAllowed = "refused-then-allowed"
        case anonymous
        case logDeleted = "log-deleted"
        case policyRead = "policy-read"
        case policyChanged = "policy-changed"
        case plainHTTP = "plain-http"
        case unusualReading = "unusual-reading"
        case newRequester = "new-requester"
        case newAddress = "new-address"
        case trapTrickle = "trap: a steady trickle of 403s"
        case trapBusyReader = "trap: a reader with five busy hours of thrice the usual"
        case trapFewRefusals = "trap: a reader refused eight times, then let in"
        case trapOwnDelete = "trap: results deleted beside the logs"
        case trapExpiration = "trap: S3 expires old logs"
        case trapDelivery = "trap: CloudTrail delivers"

        var isTrap: Bool { rawValue.hasPrefix("trap") }
    }

    var kind: Kind
    var requester: String
    var address: String
    var lines: [AccessLine]

    /// Seconds since 1970.
    var from: Int { lines.map(\.time).min() ?? FlowWorld.epoch }
    var to: Int { lines.map(\.time).max() ?? FlowWorld.epoch + AccessWorld.hours * 3_600 }
}

extension AccessPlant {
    /// Of each kind `copies`, from weak to strong, each by an actor of its own and behind the first 26 hours; and the
    /// traps.
    static func all(seed: UInt64, copies: Int = 6) -> [AccessPlant] {
        var random = Randomness(seed ^ 0xACCE_55)
        var plants: [AccessPlant] = []
        for (number, kind) in Kind.allCases.filter({ !$0.isTrap }).enumerated() {
            for copy in 0..<copies {
                plants.append(attack(kind, number: number, copy: copy, &random))
            }
        }
        return plants + traps(&random)
    }

    private static func attack(_ kind: Kind, number: Int, copy: Int, _ random: inout Randomness) -> AccessPlant {
        let time = FlowWorld.epoch + (26 + random.below(38)) * 3_600 + random.below(2_400)
        var requester = "arn:aws:iam::123456789012:user/\(kind.rawValue)-\(copy)"
        var address = "192.0.2.\(1 + number * 10 + copy)"
        // Known readers do some of it.
        let known = AccessWorld.reader(10 + copy + (kind == .unusualReading ? 10 : 0))
        switch kind {
        case .anonymous: requester = "-"
        case .newAddress: requester = known.requester
        case .unusualReading: (requester, address) = known
        default: break
        }
        func line(_ at: Int, _ operation: String = "REST.GET.OBJECT", key: String, _ status: Int) -> AccessLine {
            AccessLine(
                time: time + at, requester: requester, address: address, operation: operation, key: key,
                status: status, bytes: status == 403 ? 243 : 30_000)
        }
        let strength = 1 + copy
        var lines: [AccessLine]
        switch kind {
        case .refusedBurst:
            lines = (0..<60 * strength).map { line($0 * 240 / (60 * strength), key: "AWSLogs/\($0 % 20)", 403) }
        case .keyEnumeration:
            // Slower than any burst.
            lines = (0..<60 * strength).map { line($0 * 40, key: "AWSLogs/guess/\(copy)/\($0)", 403) }
        case .refusedThenAllowed:
            lines = (0..<12 * strength).map { line($0 * 60, key: "AWSLogs/\($0 % 8)", 403) }
            lines += (0..<3).map { line(12 * strength * 60 + 30 + $0, key: "AWSLogs/\($0)", 200) }
        case .anonymous:
            lines = (0..<strength).map { line($0, "REST.GET.BUCKET", key: "-", copy.isMultiple(of: 2) ? 403 : 200) }
        case .logDeleted:
            lines = (0..<strength).map {
                line($0, "REST.DELETE.OBJECT", key: "AWSLogs/123456789012/CloudTrail/\($0).json.gz", 204)
            }
        case .policyRead:
            lines = [line(0, copy.isMultiple(of: 2) ? "REST.GET.BUCKETPOLICY" : "REST.GET.ACL", key: "-", 200)]
        case .policyChanged:
            lines = [line(0, copy.isMultiple(of: 2) ? "REST.PUT.BUCKETPOLICY" : "REST.PUT.ACL", key: "-", 200)]
        case .plainHTTP:
            lines = (0..<strength).map { line($0, key: AccessWorld.key(&random), 200) }
            for index in lines.indices { lines[index].isEncrypted = false }
        case .unusualReading:
            // Two gigabytes and more within minutes.
            lines = (0..<40 * strength).map { line($0 * 5, key: AccessWorld.key(&random), 200) }
            for index in lines.indices { lines[index].bytes = 50_000_000 }
        default:
            lines = (0..<strength).map { line($0 * 20, key: AccessWorld.key(&random), 200) }
        }
        return AccessPlant(kind: kind, requester: requester, address: address, lines: lines)
    }

    private static func traps(_ random: inout Randomness) -> [AccessPlant] {
        let (busy, refused, cleaner) = (AccessWorld.reader(30), AccessWorld.reader(31), AccessWorld.reader(1))
        let start = FlowWorld.epoch + 40 * 3_600
        let more = (0..<5 * 2_400).map { number in
            AccessLine(
                time: start + number * 3 / 2, requester: busy.requester, address: busy.address,
                key: AccessWorld.key(&random))
        }
        let few = (0..<8).map { number in
            AccessLine(
                time: start + number * 30, requester: refused.requester, address: refused.address,
                key: AccessWorld.key(&random), status: 403, bytes: 243)
        }
        let trickle = AccessWorld.trickle
        return [
            AccessPlant(kind: .trapTrickle, requester: trickle.requester, address: trickle.address, lines: []),
            AccessPlant(kind: .trapBusyReader, requester: busy.requester, address: busy.address, lines: more),
            AccessPlant(kind: .trapFewRefusals, requester: refused.requester, address: refused.address, lines: few),
            AccessPlant(kind: .trapOwnDelete, requester: cleaner.requester, address: cleaner.address, lines: []),
            AccessPlant(kind: .trapExpiration, requester: "AmazonS3", address: "-", lines: []),
            AccessPlant(
                kind: .trapDelivery, requester: "svc:cloudtrail.amazonaws.com", address: "10.17.0.9", lines: []),
        ]
    }
}
