import Basics
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import Store

/// Answers every request: checks it, and asks the pages.
///
/// The order is the same for all: the form of the request, the host, the path and its methods, who asks, for changes
/// the origin and the form's token, and only then the store.
struct DashboardResponder: HTTPResponder {
    let settings: DashboardSettings
    let pages: any PageSource
    let store: Store
    let changes: StoreChanges
    let feed: ChangeFeed
    let health: HealthEndpoints
    let desk: LoginDesk
    let work: BlockingWork
    let metrics: PrometheusRegistry
    let logger: Logger
    let now: @Sendable () -> Date

    /// A form has a reason and a token.
    static let bodyLimit = 16_384
    private static let bodyTime: Duration = .seconds(10)

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await answer(request, context)
        SecurityHeaders.add(
            to: &response.headers,
            isTLS: settings.certificate != nil && HostName(request.head.authority)?.isLoopback == false)
        if request.method == .head { response = response.createHeadResponse() }
        note(request, response, ContinuousClock.now - start)
        return response
    }

    private func note(_ request: Request, _ response: Response, _ time: Duration) {
        let method = ["GET", "HEAD", "POST"].contains(request.method.rawValue) ? request.method.rawValue : "other"
        Counter(
            label: "parapet_http_requests", dimensions: [("method", method), ("status", "\(response.status.code)")],
            factory: metrics
        ).increment()
        Timer(label: "parapet_http_request", dimensions: [], factory: metrics).recordSeconds(time / .seconds(1))
        logger.debug("\(method) \(request.uri.path.prefix(200)) \(response.status.code)")
    }

    private func answer(_ request: Request, _ context: ConnectionContext) async throws -> Response {
        guard let target = request.head.path, target.utf8.count <= RequestPath.limit else {
            return problem(.uriTooLong, "The address of the page is too long.")
        }
        // A second Host field stays among the fields.
        guard let host = HostName(request.head.authority), !request.headers.contains(where: { $0.name == Self.host })
        else { return problem(.badRequest, "The request names no host.") }
        guard settings.hosts.contains(host, local: context.local) else {
            return problem(
                .misdirectedRequest, "This dashboard does not answer under that name; see the option --allowed-host.")
        }
        guard let path = RequestPath(target) else {
            if [.get, .head].contains(request.method), let page = RequestPath.withoutTrailingSlash(target) {
                return Response(status: .permanentRedirect, headers: [.location: page])
            }
            return problem(.badRequest, "The address of the page is not valid.")
        }
        let route: DashboardRoute
        do {
            route = try DashboardRoute(
                request.method, path.segments, style: ["style.css", String(pages.stylePath.dropFirst())],
                script: ["script.js", String(pages.scriptPath.dropFirst())])
        } catch {
            switch error {
            case .notFound: return problem(.notFound, "There is no such page.")
            case .method(let allowed):
                return problem(.methodNotAllowed, "The page does not have that method.", [.allow: allowed])
            }
        }
        switch route {
        case .style: return asset(request, pages.style, "text/css; charset=utf-8", pages.stylePath)
        case .script: return asset(request, pages.script, "text/javascript; charset=utf-8", pages.scriptPath)
        case .health:
            let isLoggedIn = (try? desk.visitor(request.headers, peer: context.peer, at: now())) != nil
            return await health.answer(request, from: context.peer, isLoggedIn: isLoggedIn)
                ?? problem(.notFound, "There is no such page.")
        case .loginForm: return loginForm(request, context)
        case .login: return try await logIn(request, context, host)
        default: break
        }
        let visitor: LoginDesk.Visitor
        do {
            visitor = try desk.visitor(request.headers, peer: context.peer, at: now())
        } catch {
            return refuse(error, request, target, isPage: route == .page)
        }
        switch route {
        case .events: return await events(request, visitor)
        case .page: return await page(path, visitor)
        default: return try await change(route, request, visitor, host)
        }
    }

    private static let host = HTTPFieldNames.name("Host")

    // MARK: Reading

    private func page(_ path: RequestPath, _ visitor: LoginDesk.Visitor) async -> Response {
        let viewer = Viewer(
            name: visitor.name, csrfToken: desk.csrfToken(visitor), mayWrite: settings.allowsWrites)
        let question = PageRequest(path: path.segments, query: path.query, viewer: viewer, now: now())
        return await fromStore { [pages] in
            guard let answer = try pages.answer(question) else { return problem(.notFound, "There is no such page.") }
            return html(answer.html, HTTPResponse.Status(code: answer.status))
        }
    }

    /// Reads or writes the store, and says what is wrong with it if that fails.
    private func fromStore(_ body: @escaping @Sendable () throws -> Response) async -> Response {
        do {
            return try await work.run { [changes] in
                try changes.checkFile()
                return try body()
            }
        } catch let failure as Failure {
            logger.warning("\(failure)")
            return problem(
                .serviceUnavailable, "\(failure.what): \(failure.why). \(failure.advice).", [.retryAfter: "10"])
        } catch is BlockingWork.Overload {
            return problem(.serviceUnavailable, "Too many pages are asked for at once.", [.retryAfter: "5"])
        } catch {
            logger.error("a page cannot be made: \(error)")
            return problem(.internalServerError, "The page cannot be made; the log of parapet serve says why.")
        }
    }

    /// A text that browsers may keep: forever, if its path has its hash.
    private func asset(_ request: Request, _ text: String, _ type: String, _ hashed: String) -> Response {
        let tag = "\"\(hashed.dropFirst())\""
        var headers: HTTPFields = [
            .contentType: type, .eTag: tag,
            .cacheControl: request.uri.path == hashed ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if request.headers[.ifNoneMatch]?.contains(tag) == true {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentLength] = "\(text.utf8.count)"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    // MARK: Login

    private func refuse(
        _ refusal: LoginDesk.Refusal, _ request: Request, _ target: String, isPage: Bool
    ) -> Response {
        guard refusal == .login else {
            return problem(.unauthorized, "The proxy in front of this dashboard has not told who you are.")
        }
        guard isPage else { return .text("log in first\n", status: .unauthorized) }
        // A browser that follows a link from elsewhere does not send the cookie (SameSite=Strict). When the page itself
        // asks once more, it does.
        if request.headers[.secFetchSite] == "cross-site", request.headers[.secFetchMode] == "navigate" {
            return html(
                "<!DOCTYPE html><html lang=\"en\"><title>Parapet</title><meta http-equiv=\"refresh\" content=\"0\"></html>"
            )
        }
        let ticket = LoginTicket(back: target)
        return redirect("/login", cookie: desk.cookies.field(.login, desk.seal.sealed("login", ticket.text)))
    }

    private func loginForm(_ request: Request, _ context: ConnectionContext) -> Response {
        guard desk.hasForm else { return problem(.notFound, "The proxy in front of this dashboard logs people in.") }
        if (try? desk.visitor(request.headers, peer: context.peer, at: now())) != nil { return redirect("/") }
        return loginForm(desk.ticket(request.headers), nil)
    }

    private func loginForm(
        _ known: LoginTicket?, _ message: String?, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        let ticket = known ?? LoginTicket(back: nil)
        var response = html(
            pages.login(message: message, csrfToken: desk.seal.code("login form", ticket.nonce)), status)
        if known == nil {
            response.headers[.setCookie] = desk.cookies.field(.login, desk.seal.sealed("login", ticket.text))
        }
        return response
    }

    private func logIn(
        _ request: Request, _ context: ConnectionContext, _ host: HostName
    ) async throws -> Response {
        guard desk.hasForm else { return problem(.notFound, "The proxy in front of this dashboard logs people in.") }
        let fields: FormFields
        switch try await form(request, host) {
        case .refused(let response): return response
        case .fields(let all): fields = all
        }
        let ticket = desk.ticket(request.headers)
        guard let ticket, desk.seal.isValid(fields["csrf"] ?? "", "login form", ticket.nonce) else {
            return loginForm(ticket, "The form was too old. Please log in again.", .forbidden)
        }
        switch desk.logIn(fields["token"] ?? "", peer: context.peer, at: now()) {
        case .done(let cookie):
            var response = redirect(ticket.back, cookie: desk.cookies.field(.session, cookie))
            response.headers.append(HTTPField(name: .setCookie, value: desk.cookies.field(.login, nil)))
            return response
        case .wrong:
            Counter(label: "parapet_login_failures", factory: metrics).increment()
            logger.warning("a login from \(context.peer?.description ?? "an unknown address") had a wrong token")
            return loginForm(ticket, "That is not the token.", .unauthorized)
        case .tooMany(let wait):
            let seconds = Int(wait.rounded(.up))
            var response = loginForm(
                ticket, "Too many attempts. Please wait \(seconds) second\(seconds == 1 ? "" : "s").", .tooManyRequests)
            response.headers[.retryAfter] = "\(seconds)"
            return response
        }
    }

    // MARK: Changes

    private func change(
        _ route: DashboardRoute, _ request: Request, _ visitor: LoginDesk.Visitor, _ host: HostName
    ) async throws -> Response {
        let fields: FormFields
        switch try await form(request, host) {
        case .refused(let response): return response
        case .fields(let all): fields = all
        }
        guard desk.isValid(csrfToken: fields["csrf"], visitor) else {
            return problem(.forbidden, "The form was too old. Please go back, reload the page, and try again.")
        }
        if route == .logout {
            desk.logOut(visitor)
            return redirect("/login", cookie: desk.cookies.field(.session, nil))
        }
        guard settings.allowsWrites else {
            return problem(.forbidden, "This dashboard is read-only; start it with --allow-writes to change that.")
        }
        let mark: Mark
        do { mark = try Mark(route, fields, by: visitor.name, at: now()) } catch {
            return problem(.badRequest, error.text)
        }
        let back = RequestPath.local(fields["back"]) ?? mark.page
        return await fromStore { [store] in
            try mark.write(to: store) ? redirect(back) : problem(.notFound, "There is no such finding or alert.")
        }
    }

    private enum Form {
        case fields(FormFields)
        case refused(Response)
    }

    /// Reads the form of a change that comes from a page of this server.
    private func form(_ request: Request, _ host: HostName) async throws -> Form {
        guard OriginCheck.isSameOrigin(request.headers, host: host, isTLS: settings.certificate != nil) else {
            return .refused(problem(.forbidden, "The request does not come from a page of this dashboard.", Self.close))
        }
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        guard type == "application/x-www-form-urlencoded" else {
            return .refused(problem(.unsupportedMediaType, "The request holds no form.", Self.close))
        }
        let body: ByteBuffer?
        do {
            body = try await collected(request.body)
        } catch is NIOTooManyBytesError {
            return .refused(problem(.contentTooLarge, "The form is too large.", Self.close))
        }
        guard let body else {
            return .refused(problem(.requestTimeout, "The form took too long to arrive.", Self.close))
        }
        guard let text = String(validating: body.readableBytesView, as: UTF8.self),
            let fields = FormFields(text, limit: 20)
        else { return .refused(problem(.badRequest, "The form is not valid.")) }
        return .fields(fields)
    }

    /// The rest of a body that is not read must not be waited for.
    private static let close: HTTPFields = [.connection: "close"]

    /// - Returns: `nil` if the body took too long.
    private func collected(_ body: RequestBody) async throws -> ByteBuffer? {
        try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask { try await body.collect(upTo: Self.bodyLimit) }
            group.addTask {
                try await Task.sleep(for: Self.bodyTime)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    // MARK: Answers

    func problem(
        _ status: HTTPResponse.Status, _ text: String, _ headers: HTTPFields = [:]
    ) -> Response {
        var response = html(pages.problem(status.code, text), status)
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    private func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// - Parameter path: of this server.
    private func redirect(_ path: String, cookie: String? = nil) -> Response {
        var headers: HTTPFields = [.location: path]
        if let cookie { headers[.setCookie] = cookie }
        return Response(status: .seeOther, headers: headers)
    }
}
