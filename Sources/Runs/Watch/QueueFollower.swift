import AWSClient
import Basics
import FoundationEssentials
import LogSources
import ServiceLifecycle
import Store

/// Receives the messages of an Amazon SQS queue, has the objects that they announce worked on, and deletes a message
/// only when everything that it announces has taken effect.
///
/// Nothing is received while a batch is worked on, so the queue keeps what this process cannot take.
struct QueueFollower: Sendable {
    let queue: String
    let region: String
    let client: Client
    let processor: LogProcessor
    let settings: WatchConfiguration
    let state: WatchState
    let outages: Outages
    let log: WatchLog
    let now: @Sendable () -> Date
    /// Stores an alert about something that was given up.
    let giveUp: @Sendable (StoredAlert) async throws -> Void
    let notice: @Sendable (LogProcessor.Outcome) async -> Void

    /// The greatest number of bytes that the objects of a batch have, as far as messages say.
    private static let batchBytes = 64 << 20
    private static let longestPause = 60

    /// Works until the service stops.
    func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let settled = try await work(
                    try await cancelWhenGracefulShutdown { try await receive(wait: 20) })
                guard settled.isOutage else {
                    failures = 0
                    continue
                }
                // What could not be read now would only come back.
                failures += 1
                try? await pause(min(Self.longestPause, 1 << min(failures, 6)))
            } catch  where Task.isCancelled || Task.isShuttingDownGracefully {
                return
            } catch {
                failures += 1
                state.failed(error)
                log(.error, (error as? Failure)?.description ?? "\(error)")
                try? await pause(min(Self.longestPause, 1 << min(failures, 6)))
            }
        }
    }

    /// Works on what the queue has now.
    /// - Returns: the number of messages that were received and given back.
    func drain() async throws -> Int {
        var undone: Set<String> = []
        // A queue is kept on several hosts, and an answer may come from one that has nothing.
        var empty = 0
        while empty < 2 {
            try Task.checkCancellation()
            if Task.isShuttingDownGracefully { break }
            let messages = try await receive(wait: 1)
            empty = messages.isEmpty ? empty + 1 : 0
            let settled = try await work(messages)
            undone = undone.subtracting(settled.done).union(settled.undone)
        }
        return undone.count
    }

    /// A batch of messages: what one call returns, and more while there are some.
    private func receive(wait: Int) async throws -> [QueueMessage] {
        var messages = try await receiveOnce(wait: wait)
        var last = messages.count
        var bytes = 0
        while last > 0, messages.count < LogProcessor.batch, bytes < Self.batchBytes {
            bytes += messages.suffix(last).reduce(0) { $0 + Self.bytes($1) }
            if Task.isShuttingDownGracefully { break }
            let more = try? await receiveOnce(wait: 0)
            last = more?.count ?? 0
            messages += more ?? []
        }
        return messages
    }

    private func receiveOnce(wait: Int) async throws(Failure) -> [QueueMessage] {
        state.began(queue)
        do throws(AWSError) {
            let answer = try await client.send(
                SQS.receiveMessage(queue, wait: wait, visibility: settings.visibilitySeconds), in: region)
            state.succeeded(queue)
            outages.ended(.queue(queue))
            return answer.messages ?? []
        } catch {
            let failure = Failure("the queue \(queue) cannot be received from", error)
            // A request that is canceled at the end says nothing.
            if !Task.isCancelled { outages.failed(.queue(queue), why: failure.why) }
            throw failure
        }
    }

    /// The size of the objects that a message announces.
    private static func bytes(_ message: QueueMessage) -> Int {
        guard let objects = try? QueueNotice(parsing: message.body).objects, !objects.isEmpty else {
            return message.body.utf8.count
        }
        return objects.reduce(0) { $0 + min(max(0, $1.size ?? 0), batchBytes) }
    }

    /// A message with what it says.
    private struct Received {
        var message: QueueMessage
        var notice: Result<QueueNotice, Failure>
    }

    /// What became of messages, by their identifiers.
    private struct Settled {
        var done: Set<String> = []
        /// Those that were given back.
        var undone: Set<String> = []
        /// Whether nothing at all could be done, because the objects' store does not answer.
        var isOutage = false
    }

    private func work(_ messages: [QueueMessage]) async throws -> Settled {
        guard !messages.isEmpty else { return Settled() }
        let received = messages.map { message in
            Received(
                message: message,
                notice: Result { () throws(Failure) in try QueueNotice(parsing: message.body) })
        }
        var objects: [NotifiedObject] = []
        var arrivals: [ObjectAddress: Date] = [:]
        var records: [WatchedRecord] = []
        for part in received {
            let sent = part.message.sent.map { Date(timeIntervalSince1970: Double($0) / 1000) } ?? now()
            switch part.notice {
            case .success(.objects(let announced)), .success(.partial(let announced, _)):
                objects += announced
                for object in announced {
                    arrivals[object.address] = object.time.flatMap { Moment($0)?.date } ?? sent
                }
            case .success(.record(let json)):
                records.append(WatchedRecord(id: part.message.messageID, json: json, arrived: sent))
            case .success(.other(let what)): state.skipped(what)
            case .success(.test), .failure: break
            }
        }
        let work = NotifiedObject.latest(objects).map {
            WatchedObject(object: $0, arrived: arrivals[$0.address] ?? now())
        }
        let outcome: LogProcessor.Outcome
        do {
            outcome = try await hidden(messages) { [records] in try await processor.process(work, records) }
        } catch {
            await giveBack(messages, after: 0)
            throw error
        }
        await notice(outcome)
        return try await settle(received, outcome)
    }

    /// Keeps messages hidden from other receivers during `body`.
    private func hidden<Value: Sendable>(
        _ messages: [QueueMessage], _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(settings.visibilitySeconds / 3))
                    if !Task.isCancelled { await hide(messages, for: settings.visibilitySeconds) }
                }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw CancellationError()
        }
    }

    /// A part of a message that could not be worked on.
    private struct Failed {
        /// `nil` if the message itself cannot be read.
        var object: ObjectAddress?
        var why: String
        var attempts: Int
        var isOutage = false
    }

    /// What of a message could not be worked on.
    private func failures(_ part: Received, _ outcome: LogProcessor.Outcome) -> [Failed] {
        let notice: QueueNotice
        switch part.notice {
        case .failure(let error): return [Failed(why: error.why, attempts: part.message.receiveCount)]
        case .success(let read): notice = read
        }
        var failures = notice.objects.compactMap { object in
            outcome.unfetched[object.address].map {
                Failed(object: object.address, why: $0.why, attempts: $0.attempts, isOutage: $0.isOutage)
            }
        }
        if case .partial(_, let why) = notice {
            failures.append(Failed(why: why, attempts: part.message.receiveCount))
        }
        return failures
    }

    /// Deletes what is done, and gives back or gives up the rest.
    private func settle(_ received: [Received], _ outcome: LogProcessor.Outcome) async throws -> Settled {
        var done: [QueueMessage] = []
        var settled = Settled()
        var outages = 0
        for part in received {
            let failures = failures(part, outcome)
            guard let first = failures.first else {
                done.append(part.message)
                continue
            }
            let name = first.object?.description ?? "a message of \(queue)"
            // An outage says nothing about the objects, so it uses up no attempts.
            guard failures.allSatisfy({ !$0.isOutage && $0.attempts >= settings.attempts }) else {
                log(.warning, "\(name) cannot be read: \(first.why); trying again later")
                settled.undone.insert(part.message.messageID)
                if failures.contains(where: \.isOutage) { outages += 1 }
                await giveBack([part.message], after: min(600, 5 << min(part.message.receiveCount, 7)))
                continue
            }
            for failure in failures {
                let time = now()
                if let object = failure.object {
                    try await giveUp(
                        .unreadObject(object.description, why: failure.why, attempts: failure.attempts, at: time))
                    try await processor.forget(object)
                } else {
                    try await giveUp(
                        .unreadMessage(
                            part.message.messageID, in: queue, why: failure.why, attempts: failure.attempts, at: time))
                }
            }
            state.gaveUp()
            log(.error, "\(name) was given up after \(first.attempts) attempts: \(first.why)")
            done.append(part.message)
        }
        await delete(done)
        settled.done = Set(done.map(\.messageID))
        settled.isOutage = outages > 0 && done.isEmpty
        return settled
    }

    /// Deletes messages. One that stays is received again, and its objects are then known.
    private func delete(_ messages: [QueueMessage]) async {
        for start in stride(from: 0, to: messages.count, by: SQS.batch) {
            var receipts = messages[start..<min(start + SQS.batch, messages.count)].map(\.receiptHandle)
            for _ in 0..<2 where !receipts.isEmpty {
                do throws(AWSError) {
                    let failures = try await client.send(SQS.deleteMessages(queue, receipts), in: region).failures
                    if let first = failures.first {
                        log(.warning, "\(failures.count) messages of \(queue) were not deleted: \(first.why)")
                    }
                    receipts = failures.compactMap { receipts.indices.contains($0.place) ? receipts[$0.place] : nil }
                } catch {
                    state.failed(error)
                    log(.warning, Failure("messages of \(queue) cannot be deleted", error).description)
                    return
                }
            }
        }
    }

    private func giveBack(_ messages: [QueueMessage], after seconds: Int) async {
        // Also in a task that was canceled.
        await Task { await hide(messages, for: seconds) }.value
    }

    private func hide(_ messages: [QueueMessage], for seconds: Int) async {
        for start in stride(from: 0, to: messages.count, by: SQS.batch) {
            let receipts = messages[start..<min(start + SQS.batch, messages.count)].map(\.receiptHandle)
            do throws(AWSError) {
                _ = try await client.send(SQS.changeVisibility(queue, receipts, seconds: seconds), in: region)
            } catch {
                log(.detail, "the visibility of messages cannot be changed: \(error)")
            }
        }
    }

    /// Reads how many messages wait.
    /// - Returns: how many the queue still has, also those that are hidden for a while; `nil` if it does not say.
    @discardableResult
    func count() async -> Int? {
        guard let counts = try? await client.send(SQS.queueCounts(queue), in: region), let waiting = counts.waiting
        else { return nil }
        state.set(queue, waiting: waiting, underWay: counts.underWay ?? 0)
        return waiting + (counts.underWay ?? 0)
    }
}

/// Waits, or returns at once if the service stops.
func pause(_ seconds: Int) async throws {
    try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(seconds)) }
}
