import Foundation
import Testing
@testable import Analytics

@Suite struct DailyShapeTests {
    /// Volumes by the hour.
    private func history(_ hours: Range<Int>, _ volume: (Int) -> Double) -> SeriesHistory {
        var history = SeriesHistory()
        for hour in hours {
            history.insert(
                SeriesHistory.Hour(
                    hour: hour, total: Float(log1p(volume(hour))), bin: 0, peak: 0, active: 12, spread: 0, residual: 0))
        }
        return history
    }

    private func shape(_ history: SeriesHistory) -> DailyShape { DailyShape(history, learningHours: 24) }

    private func daily(_ hour: Int) -> Double { 1e9 * exp(sin(Double(hour % 24) / 24 * 2 * .pi)) }

    @Test func itIsTheVolumeOfTheHourBesideTheDays() {
        let usual = shape(history(480_000..<480_072, daily))
        #expect(abs(usual.factor(of: 480_072 + 6) - M_E) < 0.2)
        #expect(abs(usual.factor(of: 480_072 + 12) - 1) < 0.1)
        #expect(abs(usual.factor(of: 480_072 + 18) - 1 / M_E) < 0.05)
    }

    /// Only what was before counts, but for the first day, which is not judged.
    @Test func whatComesLaterChangesNothing() {
        let known = shape(history(480_000..<480_048, daily))
        let later = shape(history(480_000..<480_072) { $0 < 480_048 ? daily($0) : 5e11 })
        for hour in 480_024..<480_048 { #expect(known.factor(of: hour) == later.factor(of: hour)) }
        #expect(known.factor(of: 480_006) > 2)
    }

    /// Of a long run the oldest hours are gone.
    @Test func beforeTheHistoryNothingIsKnown() {
        let late = shape(history(480_100..<480_200, daily))
        #expect(late.factor(of: 480_054) == 1)
        #expect(late.factor(of: 480_102) != 1)
    }

    @Test func aBackupOfTwoHoursIsNoPartOfIt() {
        let usual = shape(history(480_000..<480_072, daily))
        let backedUp = shape(history(480_000..<480_072) { $0 % 24 == 3 || $0 % 24 == 4 ? 4e11 : daily($0) })
        for hour in 480_024..<480_072 {
            #expect(abs(log(backedUp.factor(of: hour)) - log(usual.factor(of: hour))) < 0.4)
        }
    }

    @Test func whereLittleIsKnownItIsFlat() {
        #expect(shape(SeriesHistory()).factor(of: 480_000) == 1)
        #expect(shape(.idle(480_000..<480_072)).factor(of: 480_072) == 1)
        // Idle at night: neither nothing nor infinitely much may be expected.
        let office = shape(history(480_000..<480_072) { (6..<20).contains($0 % 24) ? 1e9 : 0 })
        for hour in 480_072..<480_096 { #expect((0.1...10).contains(office.factor(of: hour))) }
    }
}
