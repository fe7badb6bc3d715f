import Testing

@testable import Remediation

/// A generated password is one that every password policy accepts: IAM lets the minimum be up to 128 characters.
@Suite struct NewPasswordTests {
    @Test func everyPasswordPolicyAcceptsIt() {
        for _ in 0..<200 {
            let password = NewPassword().text
            #expect(password.utf8.count == 128, "the greatest minimum of a policy, and the most that IAM takes")
            for kind in ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"] {
                #expect(password.contains { kind.contains($0) })
            }
            // IAM User Guide, "Set an account password policy for IAM users": what counts as a symbol.
            #expect(password.contains { "!@#$%^&*()_+-=[]{}|'".contains($0) })
            #expect(password.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        }
    }

    @Test func noTwoAreTheSame() {
        #expect(Set((0..<100).map { _ in NewPassword().text }).count == 100)
    }
}
