import ArgumentParser

/// Asks who may do what.
struct Access: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate access: who can do what, and why.",
        discussion: """
            The policies of users, groups, roles, boundaries, buckets, keys, grants and the organisation are evaluated \
            as AWS does it, with reading calls only, or over a snapshot without any call. What a request brings with \
            it (addresses, MFA, tags) is not known at rest: answers that depend on it say on what. Requests are taken \
            to use TLS.
            """,
        subcommands: [
            CanAccess.self, WhoCanAccess.self, WhatCanAccess.self, EscalatesAccess.self, SuggestAccess.self,
            EvaluateAccess.self,
        ])
}
