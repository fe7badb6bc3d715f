import Runs
import Testing

/// The exit codes of the command line's contract.
@Suite struct ExitStatusTests {
    @Test(arguments: [
        (Runs.ExitStatus.clean, Int32(0)), (.failed, 1), (.found, 2), (.undetermined, 3), (.usage, 64),
        (.interrupted, 130), (.closedPipe, 141),
    ])
    func eachStatusHasTheCodeOfTheContract(status: Runs.ExitStatus, code: Int32) {
        #expect(status.rawValue == code)
    }

    @Test func whatIsWrongOutweighsWhatIsNotKnown() {
        #expect(ExitStatus(found: true, undetermined: true) == .found)
        #expect(ExitStatus(found: true, undetermined: false) == .found)
        #expect(ExitStatus(found: false, undetermined: true) == .undetermined)
        #expect(ExitStatus(found: false, undetermined: false) == .clean)
    }
}
