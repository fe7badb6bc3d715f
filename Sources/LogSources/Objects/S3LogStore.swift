public import Basics
public import AWSClient
import Synchronization

/// Log objects in Amazon S3, in buckets of any Region.
public struct S3LogStore: LogStore {
    private let client: Client
    private let baseRegion: String
    private let regions = BucketRegions()

    /// - Parameter baseRegion: the Region in which S3 is queried for the Region of a bucket.
    public init(client: Client, baseRegion: String) {
        self.client = client
        self.baseRegion = baseRegion
    }

    public func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] {
        do throws(AWSError) {
            let listed = try await client.all(
                S3.listObjects(bucket, prefix: prefix, delimiter: "/"), in: try await region(of: bucket),
                \.commonPrefixes)
            return listed.map { String($0.dropFirst(prefix.count).dropLast()) }
        } catch {
            throw Failure("the folders under s3://\(bucket)/\(prefix) cannot be listed", error)
        }
    }

    public func page(
        of bucket: String, under prefix: String, after key: String
    ) async throws(Failure) -> ObjectPage {
        do throws(AWSError) {
            let answer = try await client.send(
                S3.listObjects(bucket, prefix: prefix, startAfter: key), in: try await region(of: bucket))
            if answer.objects.isEmpty, answer.isTruncated {
                throw AWSError(
                    .brokenPaging, .listObjectsV2, region: baseRegion,
                    message: "AWS says that the list goes on, but not where")
            }
            return ObjectPage(
                objects: answer.objects.map { ListedObject(key: $0.key, size: $0.size) }, isLast: !answer.isTruncated)
        } catch {
            throw Failure("the objects under s3://\(bucket)/\(prefix) cannot be listed", error)
        }
    }

    public func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart? {
        do throws(AWSError) {
            let answer = try await client.send(
                S3.getObject(object.bucket, key: object.key, range: offset..<offset + length, eTag: version),
                in: try await region(of: object.bucket))
            return ObjectPart(
                bytes: try answer.bytes(from: offset), totalSize: answer.totalSize, metadata: answer.metadata,
                version: answer.eTag)
        } catch {
            switch error.code {
            case "NoSuchKey", "NoSuchBucket": return nil
            // Only an empty object has not even a first byte.
            case "InvalidRange" where offset == 0:
                return ObjectPart(bytes: [], totalSize: 0, metadata: [:], version: "")
            default: throw Failure("\(object) cannot be read", error)
            }
        }
    }

    private func region(of bucket: String) async throws(AWSError) -> String {
        if let known = regions[bucket] { return known }
        let region = try await client.send(S3.getBucketLocation(bucket), in: baseRegion).region
        regions[bucket] = region
        return region
    }
}

/// The known Regions of buckets.
private final class BucketRegions: Sendable {
    private let known = Mutex<[String: String]>([:])

    subscript(bucket: String) -> String? {
        get { known.withLock { $0[bucket] } }
        set { known.withLock { $0[bucket] = newValue } }
    }
}
