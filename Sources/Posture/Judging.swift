public import Inventory

// The walks over an account that checks share. Each leaves a verdict wherever something could not be read, so that
// no check can forget to. A check answers `nil` for a resource that the condition is not about.

extension Reading {
    /// One verdict for each trail, and an unknown one for each region whose trails could not be listed.
    /// - Throws: ``Inventory/Unknown`` where the regions themselves are not known.
    public func judgeTrails(_ judge: (Trail) throws(Unknown) -> Judgement?) throws(Unknown) -> [Verdict] {
        let unread = try unreadRegions(account.trailARNs)
        return account.trails.compactMap { trail in
            Verdict(on: .trail(trail), in: trail.homeRegion, ifAny: { () throws(Unknown) in try judge(trail) })
        } + unread
    }

    /// One verdict for each bucket that a trail delivers to, and an unknown one for each region whose trails could
    /// not be listed.
    /// - Throws: ``Inventory/Unknown`` where the regions themselves are not known.
    public func judgeTrailBuckets(
        _ judge: (Bucket, [Trail]) throws(Unknown) -> Judgement?
    ) throws(Unknown) -> [Verdict] {
        let unread = try unreadRegions(account.trailARNs)
        return account.trailBuckets.compactMap { bucket, trails in
            Verdict(
                on: .bucket(bucket.name, in: account), in: (try? bucket.region.value) ?? trails.first?.homeRegion,
                ifAny: { () throws(Unknown) in try judge(bucket, trails) })
        } + unread
    }

    /// One verdict for each key that a trail encrypts with, and an unknown one for each region whose trails could
    /// not be listed.
    /// - Throws: ``Inventory/Unknown`` where the regions themselves are not known.
    public func judgeTrailKeys(
        _ judge: (EncryptionKey, [Trail]) throws(Unknown) -> Judgement?
    ) throws(Unknown) -> [Verdict] {
        let unread = try unreadRegions(account.trailARNs)
        return account.trailKeys.compactMap { key, trails in
            Verdict(
                on: .key(key), in: trails.first?.homeRegion, ifAny: { () throws(Unknown) in try judge(key, trails) })
        } + unread
    }

    /// The verdicts on what each region holds, and an unknown one for each region that could not be read.
    /// - Throws: ``Inventory/Unknown`` where the regions themselves are not known.
    public func judge<Value>(
        _ facet: Regional<Value>, _ verdicts: (String, Value) throws(Unknown) -> [Verdict]
    ) throws(Unknown) -> [Verdict] {
        var all: [Verdict] = []
        for region in Set(try account.regions.value).union(facet.facts.keys).sorted() {
            do throws(Unknown) {
                all += try verdicts(region, try facet[region].value)
            } catch {
                all.append(Verdict(on: .account(account), in: region, .unknown(error)))
            }
        }
        return all
    }

    private func unreadRegions<Value>(_ facet: Regional<Value>) throws(Unknown) -> [Verdict] {
        try judge(facet) { _, _ in [] }
    }
}
