import Analytics
import Testing

@testable import Hunting

/// The memory that a hunt may take.
@Suite struct HuntMemoryTests {
    private func bytes(_ settings: FlowSettings) -> Int {
        settings.rememberedPairs * 130 + (settings.rememberedHours + settings.rememberedInterfaces) * 350
    }

    @Test(arguments: [200, 400, 1_000, 4_000], [1, 2, 16, 256])
    func theTablesOfAllWorkersTogetherHaveRoom(megabytes: Int, workers: Int) {
        var settings = HuntSettings()
        settings.memory = megabytes * 1_000_000
        let each = bytes(settings.flows(sharedBy: workers))
        #expect(each * workers <= settings.memory || settings.flows(sharedBy: workers).rememberedHours == 1_000)
        #expect(each <= bytes(FlowSettings()))
        #expect(bytes(settings.flows(sharedBy: 1)) >= each)
    }

    @Test func withMuchMemoryTheAnalyticsAreNotBounded() {
        var settings = HuntSettings()
        settings.memory = 8_000_000_000
        #expect(settings.flows(sharedBy: 4) == FlowSettings())
    }
}
