internal import LogReaders

/// A kind of call whose first appearance is notable, because its callers or subjects seldom change.
enum RareCall: String, Sendable, CaseIterable {
    /// An instance of a type that the account never ran before.
    case instanceType = "call-new-instance-type"
    /// A call of a model of Amazon Bedrock by a principal that never called one before.
    case model = "call-new-model-user"
    /// Access to an instance or a container by a principal that never had such access before.
    case visit = "call-new-workload-visitor"
    /// Deletions of objects by a principal that never deleted objects of that bucket before.
    case deletion = "call-new-bulk-deletion"

    /// Classifies a call, and sets the number of object deletions for which it counts; `nil` for all other calls.
    init?(_ operation: Bytes, of source: FieldValue, weight: inout Int) {
        // Compares the length first, because hardly any event is one of these.
        switch operation.count {
        case 8 where operation.equals("Converse") && source.equals("bedrock.amazonaws.com"): self = .model
        case 11 where operation.equals("CreateFleet") && source.equals("ec2.amazonaws.com"): self = .instanceType
        case 11 where operation.equals("InvokeModel") && source.equals("bedrock.amazonaws.com"): self = .model
        case 11 where operation.equals("SendCommand") && source.equals("ssm.amazonaws.com"): self = .visit
        case 12 where operation.equals("StartSession") && source.equals("ssm.amazonaws.com"): self = .visit
        case 12 where operation.equals("RunInstances") && source.equals("ec2.amazonaws.com"): self = .instanceType
        case 12 where operation.equals("DeleteObject") && source.equals("s3.amazonaws.com"): self = .deletion
        case 13 where operation.equals("DeleteObjects") && source.equals("s3.amazonaws.com"):
            self = .deletion
            // One call deletes up to 1,000 objects, but the event does not contain their names.
            weight = 10
        case 14 where operation.equals("ConverseStream") && source.equals("bedrock.amazonaws.com"): self = .model
        case 14 where operation.equals("ExecuteCommand") && source.equals("ecs.amazonaws.com"): self = .visit
        case 16 where operation.equals("RequestSpotFleet") && source.equals("ec2.amazonaws.com"): self = .instanceType
        case 16
        where operation.equals("SendSSHPublicKey") && source.equals("ec2-instance-connect.amazonaws.com"):
            self = .visit
        case 20 where operation.equals("RequestSpotInstances") && source.equals("ec2.amazonaws.com"):
            self = .instanceType
        case 23 where operation.equals("ModifyInstanceAttribute") && source.equals("ec2.amazonaws.com"):
            self = .instanceType
        case 29
        where operation.equals("InvokeModelWithResponseStream") && source.equals("bedrock.amazonaws.com"):
            self = .model
        default: return nil
        }
    }

    /// The names of the calls in lower case, as filters compare them.
    static let operations = [
        "converse", "conversestream", "createfleet", "deleteobject", "deleteobjects", "executecommand", "invokemodel",
        "invokemodelwithresponsestream", "modifyinstanceattribute", "requestspotfleet", "requestspotinstances",
        "runinstances", "sendcommand", "sendsshpublickey", "startsession",
    ]
}

/// The calls of one kind about one subject.
struct RareCalls: Sendable {
    let kind: RareCall
    /// The first call. If several have the same second, the one with the lowest identifier.
    var first: CredentialEvent
    /// The time of the last call, in seconds since 1970.
    var last: Int
    var count: Int

    mutating func merge(_ other: RareCalls) {
        if other.first < first { first = other.first }
        last = max(last, other.last)
        count += other.count
    }
}

/// The calls of each kind and subject, by names such as
/// `call-new-model-user 123456789012 arn:aws:iam::123456789012:role/app`.
struct RareCallTable: Sendable {
    private(set) var names: NameTable
    private(set) var entries: [RareCalls] = []

    init(_ mix: SeededHash) { names = NameTable(mix) }

    /// - Returns: false if there are too many.
    mutating func add(_ name: [UInt8], _ calls: @autoclosure () -> RareCalls, limit: Int) -> Bool {
        name.withUnsafeBufferPointer { name in
            if let known = names.find(name) {
                entries[known].merge(calls())
                return true
            }
            guard entries.count < limit else { return false }
            _ = names.add(name)
            entries.append(calls())
            return true
        }
    }
}

extension KeyTally {
    mutating func count(_ operation: Bytes, _ time: Int, _ event: some LogEvent) {
        var weight = 1
        guard let kind = RareCall(operation, of: event.value(of: fields.source), weight: &weight),
            case .text(let account) = event.value(of: fields.recipient)
        else { return }
        // Denied calls of models count as well, because an attacker who tries models with a stolen key is often denied.
        if kind != .model {
            switch event.value(of: fields.error) {
            case .absent, .null: break
            default: return
            }
        }
        var subjects: [[UInt8]] = []
        switch kind {
        case .instanceType: subjects = instanceTypes(of: event)
        case .model, .visit: if let principal = principal(of: event) { subjects = [principal] }
        case .deletion:
            guard let principal = principal(of: event), case .text(let bucket) = event.value(of: fields.bucket)
            else { return }
            subjects = [principal + [UInt8(ascii: " ")] + Array(bucket.prefix(64))]
        }
        let first = credentialEvent(time, event)
        let calls = RareCalls(kind: kind, first: first, last: time, count: weight)
        for subject in subjects {
            let name = Array(kind.rawValue.utf8) + [UInt8(ascii: " ")] + Array(account) + [UInt8(ascii: " ")] + subject
            if !rareCalls.add(name, calls, limit: settings.rememberedCalls) { forgotten += 1 }
        }
    }

    /// The types of instances in a call, each once.
    private func instanceTypes(of event: some LogEvent) -> [[UInt8]] {
        var types: Set<[UInt8]> = []
        func take(_ value: FieldValue) {
            switch value {
            case .text(let type): types.insert(Array(type.prefix(64)))
            case .list(let values): for value in values { take(value) }
            default: break
            }
        }
        for field in fields.instanceTypes { take(event.value(of: field)) }
        return types.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The calling principal: the user of IAM Identity Center, else the role of a session, else the user. `nil` for AWS
    /// services, even if they act on behalf of a principal. The console is none: it calls for the person who uses it.
    private func principal(of event: some LogEvent) -> [UInt8]? {
        if case .text(let service) = event.value(of: fields.service), !service.equals("signin.amazonaws.com") {
            return nil
        }
        for field in [fields.centerUser, fields.role, fields.actor] {
            if case .text(let text) = event.value(of: field), !text.isEmpty { return Array(text.prefix(512)) }
        }
        return nil
    }
}
