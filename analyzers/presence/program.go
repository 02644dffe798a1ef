package presence

import "strings"

// Program is what somebody reads mail with, as far as it tells people apart: system and browser, no versions, because
// these change every few weeks.
type Program struct {
	System  string // windows, mac, ios, android, linux, chromeos; "" where the agent names none
	Browser string // chrome, edge, firefox, safari …; a library's name; "" where it is one of Microsoft's own programs
}

// String is "chrome on windows".
func (p Program) String() string {
	switch {
	case p.Browser == "":
		return p.System
	case p.System == "":
		return p.Browser
	default:
		return p.Browser + " on " + p.System
	}
}

// wordMeaning is a word of an agent and what it stands for.
type wordMeaning struct{ word, name string }

// systems in the order in which an agent is asked: an iPhone says Mac OS, an Android says Linux.
func systems() []wordMeaning {
	return []wordMeaning{
		{"iphone", "ios"},
		{"ipad", "ios"},
		{"outlook-ios", "ios"},
		{"ios", "ios"},
		{"android", "android"},
		{"cros", "chromeos"},
		{"windows", "windows"},
		{"macintosh", "mac"},
		{"mac os", "mac"},
		{"macos", "mac"},
		{"linux", "linux"},
		{"x11", "linux"},
	}
}

// browsers likewise: most of them say Chrome and Safari, too.
func browsers() []wordMeaning {
	return []wordMeaning{
		{"edg/", "edge"},
		{"edga/", "edge"},
		{"edgios/", "edge"},
		{"edge/", "edge"},
		{"opr/", "opera"},
		{"samsungbrowser/", "samsung"},
		{"vivaldi/", "vivaldi"},
		{"headlesschrome/", "headless chrome"},
		{"fxios/", "firefox"},
		{"firefox/", "firefox"},
		{"crios/", "chrome"},
		{"chrome/", "chrome"},
		{"chromium/", "chrome"},
		{"trident/", "internet explorer"},
		{"msie", "internet explorer"},
		{"safari/", "safari"},
	}
}

// ParseProgram reads a user agent. The zero Program is one that says nothing.
func ParseProgram(agent string) Program {
	agent = strings.ToLower(agent)
	var p Program
	for _, s := range systems() {
		if hasWord(agent, s.word) {
			p.System = s.name
			break
		}
	}
	if strings.Contains(agent, "mozilla/") {
		for _, b := range browsers() {
			if strings.Contains(agent, b.word) {
				p.Browser = b.name
				return p
			}
		}
		return p
	}
	if p.System != "" || agent == "" {
		return p // a program that says its system: Microsoft's own, or a phone's
	}
	p.Browser = token(agent)
	return p
}

// hasWord says whether an agent has a word, and not only as the tail of another: "ios" is no part of "axios".
func hasWord(agent, word string) bool {
	for from := 0; ; {
		at := strings.Index(agent[from:], word)
		if at < 0 {
			return false
		}
		at += from
		if at == 0 || !isLetter(agent[at-1]) {
			return true
		}
		from = at + 1
	}
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// token is the first product name of an agent: "python-httpx" of "python-httpx/0.27". It is short: the agent is whatever
// its sender wrote.
func token(agent string) string {
	end := strings.IndexAny(agent, "/ ;(")
	if end < 0 {
		end = len(agent)
	}
	const longest = 40
	name := strings.TrimSpace(agent[:min(end, longest)])
	switch name {
	case "client=owa", "client=rest", "client=mse", "client=outlookservice", "microsoft", "outlook", "-", "":
		return ""
	}
	return strings.ToValidUTF8(name, "")
}
