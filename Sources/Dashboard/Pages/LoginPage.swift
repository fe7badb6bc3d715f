/// The page that asks for the token.
enum LoginPage {
    static let template = """
        {{<plain}}{{$main}}
        <h1>Log in</h1><p class="quiet">The token stands in the terminal in which parapet serve was started.</p>
        {{#message}}<p class="note" role="alert">{{message}}</p>{{/message}}
        <form method="post" action="/login"><input type="hidden" name="csrf" value="{{csrf}}">
        <label>Token<input type="password" name="token" required autofocus autocomplete="current-password"></label><button class="primary">Log in</button></form>
        {{/main}}{{/plain}}
        """
}

/// A page that says that a request failed.
enum ProblemPage {
    static func title(_ status: Int) -> String {
        switch status {
        case 401: "Not logged in"
        case 403: "Not allowed"
        case 404: "Not found"
        case 429: "Too many requests"
        case 500...: "The page could not be made"
        default: "The request cannot be answered"
        }
    }

    static let template = """
        {{<plain}}{{$main}}
        <h1>{{title}}</h1><p>{{text}}</p><p class="quiet">HTTP status {{status}}</p><p><a class="button" href="/">To the overview</a></p>
        {{/main}}{{/plain}}
        """
}
