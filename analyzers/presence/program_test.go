package presence

import "testing"

// Promise: a program is told by system and browser, whatever its version; a library by its name.
func TestParseProgram(t *testing.T) {
	for agent, want := range map[string]Program{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36":                  {"windows", "chrome"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0":    {"windows", "edge"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15":            {"mac", "safari"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1": {"ios", "safari"},
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36":                                {"android", "chrome"},
		"Outlook-iOS/2.0":     {"ios", ""},
		"python-httpx/0.27":   {"", "python-httpx"},
		"axios/1.7.9":         {"", "axios"},
		"BAV2ROPC":            {"", "bav2ropc"},
		"":                    {},
		"Microsoft Office/16": {},
	} {
		if got := ParseProgram(agent); got != want {
			t.Errorf("%q is %v, want %v", agent, got, want)
		}
	}
}
