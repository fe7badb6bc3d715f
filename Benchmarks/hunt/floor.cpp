// The least cost of a run over CloudTrail files: decompress each with libdeflate, and with simdjson's on-demand
// parser go to each record and read its eventName. Prints the records, the bytes, and a sum that keeps the compiler
// from dropping anything.
//
//     clang++ -O3 -march=native -std=c++17 floor.cpp -lsimdjson -ldeflate -o floor && ./floor FOLDER

#include <libdeflate.h>
#include <simdjson.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

int main(int count, char **arguments) {
    if (count < 2) return 64;
    std::vector<std::string> files;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(arguments[1]))
        if (entry.path().extension() == ".gz") files.push_back(entry.path());
    libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    simdjson::ondemand::parser parser;
    std::vector<char> compressed, content;
    unsigned long records = 0, bytes = 0, sum = 0;
    for (const std::string &file : files) {
        std::ifstream stream(file, std::ios::binary | std::ios::ate);
        compressed.resize(size_t(stream.tellg()));
        stream.seekg(0);
        stream.read(compressed.data(), long(compressed.size()));
        uint32_t size;
        std::memcpy(&size, compressed.data() + compressed.size() - 4, 4);
        if (content.size() < size + simdjson::SIMDJSON_PADDING) content.resize(size + simdjson::SIMDJSON_PADDING);
        size_t written = 0;
        if (libdeflate_gzip_decompress(decompressor, compressed.data(), compressed.size(), content.data(), size, &written))
            return 1;
        bytes += written;
        simdjson::ondemand::document document;
        if (parser.iterate(content.data(), written, content.size()).get(document)) return 2;
        simdjson::ondemand::array list;
        if (document["Records"].get_array().get(list)) return 3;
        for (auto element : list) {
            std::string_view name;
            if (element["eventName"].get_string().get(name)) return 4;
            records++;
            sum += name.size() + (unsigned char)name[0];
        }
    }
    std::printf("%lu records %lu bytes %lu\n", records, bytes, sum);
    libdeflate_free_decompressor(decompressor);
}
