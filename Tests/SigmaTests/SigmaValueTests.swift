import Sigma
import Testing

@Suite struct SigmaValueTests {
    @Test(arguments: [
        // Letters.
        SigmaCase("a: StopLogging", #"{"a":"stoplogging"}"#, true),
        SigmaCase("a: stoplogging", #"{"a":"STOPLOGGING"}"#, true),
        SigmaCase("a: stoplogging", #"{"a":"stoploggingx"}"#, false),
        SigmaCase("a|cased: StopLogging", #"{"a":"stoplogging"}"#, false),
        SigmaCase("a|cased: StopLogging", #"{"a":"StopLogging"}"#, true),
        SigmaCase("a: ÄRGER", #"{"a":"ärger"}"#, true),
        SigmaCase("a|contains: σίσυφος", #"{"a":"ΧΣΊΣΥΦΟΣΧ"}"#, true),
        SigmaCase("a: ﬁ", #"{"a":"fi"}"#, false),
        // The Kelvin sign folds to a k, the long s to an s, the dotless i to nothing.
        SigmaCase("a|contains: kms", "{\"a\":\"x\u{212A}m\u{17F}x\"}", true),
        SigmaCase("a: i", "{\"a\":\"\u{131}\"}", false),
        SigmaCase("a|cased|contains: k", "{\"a\":\"\u{212A}\"}", false),
        // Absent, null, empty.
        SigmaCase("a: null", #"{"a":null}"#, true),
        SigmaCase("a: null", #"{}"#, true),
        SigmaCase("a.b: null", #"{"a":{"c":1}}"#, true),
        SigmaCase("a.b: null", #"{"a":{"b":1}}"#, false),
        SigmaCase("a: [null, x]", #"{}"#, true),
        SigmaCase("a: ['', null]", #"{}"#, true),
        SigmaCase("a: [null, x]", #"{"a":"y"}"#, false),
        SigmaCase("a: null", #"{"a":[]}"#, false),
        SigmaCase("a|neq: null", #"{"a":"x"}"#, true),
        SigmaCase("a|neq: null", #"{}"#, false),
        SigmaCase("s: {b: x}\nf: {a: null}\ncondition: s and not f", #"{"b":"x"}"#, false),
        SigmaCase("s: {b: x}\nf: {a: null}\ncondition: s and not f", #"{"b":"x","a":"y"}"#, true),
        SigmaCase("s: {a: null}\ncondition: not s", #"{"b":"x"}"#, false),
        SigmaCase("s: {a: null}\ncondition: not not s", #"{"b":"x"}"#, true),
        SigmaCase("- a: null\n  b: x\n- c: y", #"{"b":"x"}"#, true),
        SigmaCase("a: null", #"{"a":""}"#, false),
        SigmaCase("a:", #"{"a":null}"#, true),
        SigmaCase("a: ~", #"{"a":null}"#, true),
        SigmaCase("a: 'null'", #"{"a":null}"#, false),
        SigmaCase("a: 'null'", #"{"a":"null"}"#, true),
        SigmaCase("a: ''", #"{"a":""}"#, true),
        SigmaCase("a: ''", #"{"a":null}"#, false),
        SigmaCase("a: ''", #"{}"#, false),
        SigmaCase("a: ''", #"{"a":"x"}"#, false),
        SigmaCase("a: [null, x]", #"{"a":"x"}"#, true),
        // Numbers and booleans by their text.
        SigmaCase("a: 5", #"{"a":5}"#, true),
        SigmaCase("a: 5", #"{"a":"5"}"#, true),
        SigmaCase("a: '5'", #"{"a":5}"#, true),
        // What YAML reads as another notation of a number is that number too.
        SigmaCase("a: 0x100", #"{"a":256}"#, true),
        SigmaCase("a: 0x100", #"{"a":"0x100"}"#, true),
        SigmaCase("a: '0x100'", #"{"a":256}"#, false),
        SigmaCase("a: 1.10", #"{"a":1.1}"#, true),
        SigmaCase("a: 1.10", #"{"a":"1.10"}"#, true),
        SigmaCase("a: '1.10'", #"{"a":1.1}"#, false),
        SigmaCase("a: [1.50, x]", #"{"a":1.5}"#, true),
        SigmaCase("a: 1.2.3", #"{"a":"1.2.3"}"#, true),
        SigmaCase("a|gte: 0x10", #"{"a":17}"#, true),
        SigmaCase("a|contains: 1.10", #"{"a":1.1}"#, false),
        SigmaCase("- 1.10", #"{"a":1.1}"#, false),
        SigmaCase("a: 012345670101", #"{"a":"012345670101"}"#, true),
        SigmaCase("a: true", #"{"a":true}"#, true),
        SigmaCase("a: True", #"{"a":"true"}"#, true),
        SigmaCase("a: 'TRUE'", #"{"a":true}"#, true),
        SigmaCase("a|cased: TRUE", #"{"a":true}"#, true),
        SigmaCase("a: false", #"{"a":true}"#, false),
        SigmaCase("a|startswith: 4", #"{"a":443}"#, true),
        // Lists of values.
        SigmaCase("a: [x, y]", #"{"a":"Y"}"#, true),
        SigmaCase("a: [x, y]", #"{"a":"z"}"#, false),
        SigmaCase("a: [x*, '*y', '*z*', u?v, w]", #"{"a":"1z1"}"#, true),
        SigmaCase("a: [x*, '*y', '*z*', u?v, w]", #"{"a":"uv"}"#, false),
        SigmaCase("a|contains|all: [x, y]", #"{"a":"1x2y"}"#, true),
        SigmaCase("a|contains|all: [x, y]", #"{"a":"1x2"}"#, false),
    ])
    func values(_ example: SigmaCase) throws { try example.verify() }

    @Test(arguments: [
        SigmaCase("a: x*", #"{"a":"xyz"}"#, true),
        SigmaCase("a: x*", #"{"a":"yx"}"#, false),
        SigmaCase("a: '*'", #"{"a":""}"#, true),
        SigmaCase("a: '*'", #"{}"#, false),
        SigmaCase("a: '*'", #"{"a":null}"#, false),
        SigmaCase("a: '?'", #"{"a":""}"#, false),
        SigmaCase("a: '?'", #"{"a":"é"}"#, true),
        SigmaCase("a: '??'", #"{"a":"é"}"#, false),
        SigmaCase("a: x?z", #"{"a":"xéz"}"#, true),
        SigmaCase("a: a*b*c", #"{"a":"aXbXbXc"}"#, true),
        SigmaCase("a: a*b*c", #"{"a":"aXcXb"}"#, false),
        SigmaCase("a: '*ab?d*'", #"{"a":"ababcd"}"#, true),
        SigmaCase(#"a: x\*"#, #"{"a":"x*"}"#, true),
        SigmaCase(#"a: x\*"#, #"{"a":"xy"}"#, false),
        SigmaCase(#"a: x\?"#, #"{"a":"x?"}"#, true),
        SigmaCase(#"a: c:\dir"#, #"{"a":"c:\\dir"}"#, true),
        SigmaCase(#"a: c:\\dir"#, #"{"a":"c:\\dir"}"#, true),
        SigmaCase(#"a: c:\\\dir"#, #"{"a":"c:\\\\dir"}"#, true),
        SigmaCase(#"a: c:\\\\dir"#, #"{"a":"c:\\\\dir"}"#, true),
        SigmaCase(#"a: c:\\*"#, #"{"a":"c:\\dir"}"#, true),
        SigmaCase(#"a: c:\\*"#, #"{"a":"c:*"}"#, false),
        SigmaCase(#"a: c:\\\*"#, #"{"a":"c:\\*"}"#, true),
        SigmaCase(#"a: c:\\\*"#, #"{"a":"c:\\x"}"#, false),
        SigmaCase(#"a: c:\"#, #"{"a":"c:\\"}"#, true),
        SigmaCase(#"a|contains: 'x*y'"#, #"{"a":"1x2y3"}"#, true),
    ])
    func wildcards(_ example: SigmaCase) throws { try example.verify() }

    @Test(arguments: [
        SigmaCase("a.b: x", #"{"a":{"b":"x"}}"#, true),
        SigmaCase("a.b: x", #"{"a.b":"x"}"#, true),
        SigmaCase("a.b: x", #"{"a":[{"b":"y"},{"b":"x"}]}"#, true),
        // Names with dots of their own, at any depth.
        SigmaCase("a.b.c: x", #"{"a":{"b.c":"x"}}"#, true),
        SigmaCase("a.b.c: x", #"{"a.b":{"c":"x"}}"#, true),
        SigmaCase("a.b.c.d: x", #"{"a":[{"b.c":{"d":"x"}}]}"#, true),
        SigmaCase("a.b.c: x", #"{"a":{"b.d":"x"}}"#, false),
        // Texts that are JSON themselves.
        SigmaCase("a.b: x", #"{"a":"{\"b\":\"x\"}"}"#, true),
        SigmaCase("a.b.c: x", #"{"a":" [{\"b\":{\"c\":\"x\"}}]"}"#, true),
        SigmaCase("a.b.c: x", #"{"a":{"b":"{\"c\":\"x\"}"}}"#, true),
        SigmaCase("a.b: x", #"{"a":"{b: x}"}"#, false),
        SigmaCase("a|contains: '\"b\"'", #"{"a":"{\"b\":\"x\"}"}"#, true),
        SigmaCase("a.b: x", #"{"a":[{"b":"y"},{"c":"x"}]}"#, false),
        SigmaCase("a.b.c: x", #"{"a":[{"b":[{"c":"y"},{"c":"x"}]}]}"#, true),
        SigmaCase("a: x", #"{"a":["y","x"]}"#, true),
        SigmaCase("a: x", #"{"a":[]}"#, false),
        SigmaCase("a|exists: true", #"{"a":[]}"#, true),
        SigmaCase("a.b|exists: true", #"{"a":[]}"#, false),
        SigmaCase("a: x", #"{"a":{"b":{"c":["x"]}}}"#, true),
        SigmaCase("a: 5", #"{"a":{"b":5}}"#, true),
        SigmaCase("a: x", #"{"a":{"x":"y"}}"#, false),
        SigmaCase(#"a|contains: '"x":"y"'"#, #"{"a":{ "x" : "y" }}"#, true),
        SigmaCase(#"a: '{"x":[1,true,null]}'"#, #"{"a":{"x": [1, true, null]}}"#, true),
        SigmaCase(
            #"a|re: '"port":22,"to":"0\.0\.0\.0/0"'"#,
            #"{"a":[{"port":22,"to":"10.0.0.0/8"},{"port":80,"to":"0.0.0.0/0"}]}"#, false),
        SigmaCase(
            #"a|re: '"port":22,"to":"0\.0\.0\.0/0"'"#,
            #"{"a":[{"port":80,"to":"10.0.0.0/8"},{"port":22,"to":"0.0.0.0/0"}]}"#, true),
        SigmaCase("a: null", #"{"a":[1,null]}"#, true),
        // A whole number, however it is written; a quoted text is no number.
        SigmaCase("a: 5", #"{"a":5.0}"#, true),
        SigmaCase("a: [4, 5]", #"{"a":[5.00]}"#, true),
        SigmaCase("a: 50", #"{"a":{"b":5e1}}"#, true),
        SigmaCase("a: 5", #"{"a":5.5}"#, false),
        SigmaCase("a: 5", #"{"a":"5.0"}"#, false),
        SigmaCase("a: yes", #"{"a":"Yes"}"#, true),
        // YAML 1.1, in which most rules are written, reads these words as booleans.
        SigmaCase("a: no", #"{"a":false}"#, true),
        SigmaCase("a: [On]", #"{"a":true}"#, true),
        SigmaCase("a|neq: no", #"{"a":false}"#, false),
        SigmaCase("a: 'no'", #"{"a":false}"#, false),
        SigmaCase("a|gt: 3", #"{"a":{"b":4}}"#, false),
        SigmaCase("a|cidr: 10.0.0.0/8", #"{"a":{"b":["10.1.2.3"]}}"#, true),
    ])
    func paths(_ example: SigmaCase) throws { try example.verify() }

    @Test(arguments: [
        SigmaCase("- x\n- y", #"{"a":{"b":["1Y1"]}}"#, true),
        SigmaCase("- x\n- y", #"{"x":"z"}"#, false),
        SigmaCase("- 17", #"{"a":[{"b":4170}]}"#, true),
        SigmaCase("- true", #"{"a":true}"#, true),
        SigmaCase("'|all':\n  - x\n  - y", #"{"a":"x","b":"y"}"#, true),
        SigmaCase("'|all':\n  - x\n  - y", #"{"a":"x","b":"z"}"#, false),
        SigmaCase("'|re': '^a+$'", #"{"z":["b","aaa"]}"#, true),
        SigmaCase("'|re': '^a+$'", #"{"z":["b","aab"]}"#, false),
        SigmaCase("sel: word\ncondition: sel", #"{"z":"a word here"}"#, true),
        SigmaCase("- x*z", #"{"a":"1xyz1"}"#, true),
        // Maps and keywords in one list; lists of maps.
        SigmaCase("- a: x\n  b: y\n- c: z", #"{"a":"x","b":"y"}"#, true),
        SigmaCase("- a: x\n  b: y\n- c: z", #"{"c":"z"}"#, true),
        SigmaCase("- a: x\n  b: y\n- c: z", #"{"a":"x","b":"z"}"#, false),
        SigmaCase("- a: x\n- word", #"{"d":"word"}"#, true),
        SigmaCase("- a|contains: x\n- a|contains: y", #"{"a":"1y"}"#, true),
    ])
    func keywordsAndLists(_ example: SigmaCase) throws { try example.verify() }

    /// An accent after a wildcard makes another character of it, though not another sign.
    @Test(arguments: [#"a\*b"#, "x*y?", #"c:\\*"#, "\\*\u{301}x", "\\\\\u{301}", "?\u{301}", "\u{301}*\u{301}"])
    func aPatternIsWrittenAsRulesHaveIt(_ text: String) {
        let pattern = TextPattern(parsing: text)
        #expect(TextPattern(parsing: pattern.description).elements == pattern.elements)
    }
}
