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
                try await work(try await cancelWhenGracefulShutdown { try await receive(wait: 20) })
                failures = 0
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
    func drain() async throws {
        // A queue is kept on several hosts, and an answer may come from one that has nothing.
        var empty = 0
        while empty < 2 {
            try Task.checkCancellation()
            if Task.isShuttingDownGracefully { return }
            let messages = try await receive(wait: 1)
            empty = messages.isEmpty ? empty + 1 : 0
            try await work(messages)
        }
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
        do throws(AWSError) {
            return try await client.send(
                SQS.receiveMessage(queue, wait: wait, visibility: settings.visibilitySeconds), in: region
            ).messages ?? []
        } catch {
            throw Failure("the queue \(queue) cannot be received from", error)
        }
    }

    /// The size of the objects that a message announces.
    private static func bytes(_ message: QueueMessage) -> Int {
        guard case .objects(let objects) = try? QueueNotice(parsing: message.body) else {
            return message.body.utf8.count
        }
        return objects.reduce(0) { $0 + min(max(0, $1.size ?? 0), batchBytes) }
    }

    /// A message with what it says.
    private struct Received {
        var message: QueueMessage
        var notice: Result<QueueNotice, Failure>
    }

    private func work(_ messages: [QueueMessage]) async throws {
        guard !messages.isEmpty else { return }
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
            case .success(.objects(let announced)):
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
        try await settle(received, outcome)
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

    /// Deletes what is done, and gives back or gives up the rest.
    private func settle(_ received: [Received], _ outcome: LogProcessor.Outcome) async throws {
        var done: [QueueMessage] = []
        for part in received {
            let failure: (name: String?, why: String)?
            switch part.notice {
            case .failure(let error): failure = (nil, error.why)
            case .success(.objects(let objects)):
                failure =
                    objects.lazy.compactMap { object in
                        outcome.unfetched[object.address].map { (object.address.description, $0) }
                    }.first
            case .success: failure = nil
            }
            guard let failure else {
                done.append(part.message)
                continue
            }
            let attempts = part.message.receiveCount
            guard attempts >= settings.attempts else {
                log(
                    .warning,
                    "\(failure.name ?? "a message of \(queue)") cannot be read: \(failure.why); trying again later")
                await giveBack([part.message], after: min(600, 5 << min(attempts, 7)))
                continue
            }
            try await giveUp(
                failure.name.map { .unreadObject($0, why: failure.why, attempts: attempts, at: now()) }
                    ?? .unreadMessage(
                        part.message.messageID, in: queue, why: failure.why, attempts: attempts, at: now()))
            state.gaveUp()
            log(
                .error,
                "\(failure.name ?? "a message of \(queue)") was given up after \(attempts) attempts: \(failure.why)")
            done.append(part.message)
        }
        await delete(done)
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
    func count() async {
        guard let counts = try? await client.send(SQS.queueCounts(queue), in: region), let waiting = counts.waiting
        else { return }
        state.set(queue, waiting: waiting, underWay: counts.underWay ?? 0)
    }
}

/// Waits, or returns at once if the service stops.
func pause(_ seconds: Int) async throws {
    try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(seconds)) }
}
