package indicator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// text is what was read, one list a line.
func text(in *Indicators) string {
	var b strings.Builder
	for _, list := range slices.Sorted(maps.Keys(in.Lists)) {
		fmt.Fprintf(&b, "%s: %s\n", list, strings.Join(in.Lists[list], " | "))
	}
	for _, told := range in.Told {
		fmt.Fprintf(&b, "not read: %s\n", told)
	}
	return b.String()
}

// Promise: whatever a feed calls its columns and types, each value comes into the list that it belongs to, and what is of no
// use is told with its place.
func TestParse(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	for name, c := range map[string]struct{ file, want string }{
		"one value a line, by form": {
			"# seen in March\n203.0.113.9\n198.51.100.0/24\n2001:db8::/32\nevil[.]example\nboss@evil[.]example\npython-httpx\n0a1b2c3d-0000-4000-8000-00000000aaaa\n" + sum + "\n",
			"bad_addresses: 203.0.113.9 | 198.51.100.0/24 | 2001:db8::/32\nbad_agents: python-httpx\nbad_apps: 0a1b2c3d-0000-4000-8000-00000000aaaa\nbad_domains: evil.example\nbad_names: " + sum + "\nbad_senders: boss@evil.example\n",
		},
		"type and value, other columns between": {
			"uuid,event_id,category,type,value,comment\n1,7,Network activity,ip-src|port,203.0.113.9|443,x\n2,7,Payload,sha256," + sum + ",content\n3,7,Network,user-agent,\"Mozilla/5.0 (X11; Linux) axios/1.7\",\n",
			"bad_addresses: 203.0.113.9\nbad_agents: Mozilla/5.0 (X11; Linux) axios/1.7\nnot read: line 3: \"" + sum[:60] + "…\": no log has what a sha256 is about\n",
		},
		"semicolons and other names of columns": {
			"Indicator Type;Indicator\nIPv4;203.0.113.9\nFQDN;*.Evil.Example.\nemail;Boss@Evil.Example\n",
			"bad_addresses: 203.0.113.9\nbad_domains: evil.example\nbad_senders: boss@evil.example\n",
		},
		"type first, no header": {
			"ip,203.0.113.9\ndomain,evil.example\nclient_id,0a1b2c3d-0000-4000-8000-00000000aaaa\n",
			"bad_addresses: 203.0.113.9\nbad_apps: 0a1b2c3d-0000-4000-8000-00000000aaaa\nbad_domains: evil.example\n",
		},
		"what says too much": {
			"type,value\nip,0.0.0.0/0\ndomain,com\nagent,x\nsender,@evil.example\nurl,https://evil.example/x\nip,203.0.113.9\n",
			"bad_addresses: 203.0.113.9\nnot read: line 2: \"0.0.0.0/0\": a network so wide says nothing\nnot read: line 3: \"com\": no domain\nnot read: line 4: \"x\": too short: it is part of too much\nnot read: line 5: \"@evil.example\": no address of a sender\nnot read: line 6: \"https://evil.example/x\": no log has what a url is about\n",
		},
		"stix": {
			`{"type":"bundle","id":"bundle--1","objects":[
			{"type":"identity","id":"identity--1"},
			{"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.9' OR domain-name:value='evil.example'] OR [email-message:from_ref.value IN ('a@evil.example', 'b@evil.example')]"},
			{"type":"indicator","id":"indicator--2","pattern_type":"stix","pattern":"[ipv4-addr:value ISSUBSET '198.51.100.0/24']"},
			{"type":"indicator","id":"indicator--3","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.10' AND domain-name:value = 'x.example']"},
			{"type":"indicator","id":"indicator--4","pattern_type":"stix","pattern":"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'it\\'s (me)/1.0']"},
			{"type":"indicator","id":"indicator--5","pattern_type":"yara","pattern":"rule x {}"},
			{"type":"indicator","id":"indicator--6","revoked":true,"pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.11']"},
			{"type":"indicator","id":"indicator--7","pattern_type":"stix","pattern":"[file:name = 'a.exe' OR ipv6-addr:value = '2001:db8::1']"},
			{"type":"indicator","id":"indicator--8","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.12'] FOLLOWEDBY [ipv4-addr:value = '203.0.113.13']"}]}`,
			"bad_addresses: 203.0.113.9 | 198.51.100.0/24 | 2001:db8::1\nbad_agents: it's (me)/1.0\nbad_domains: evil.example\nbad_senders: a@evil.example | b@evil.example\n" +
				"not read: indicator--3: pattern \"[ipv4-addr:value = '203.0.113.10' AND domain-name:value = 'x…\": only comparisons with = , IN and ISSUBSET that are joined by OR can be used\n" +
				"not read: indicator--5: a pattern of yara\nnot read: indicator--6: revoked\nnot read: indicator--7: no log has file:name\n" +
				"not read: indicator--8: pattern \"[ipv4-addr:value = '203.0.113.12'] FOLLOWEDBY [ipv4-addr:val…\": only comparisons with = , IN and ISSUBSET that are joined by OR can be used\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := Parse([]byte(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if got := text(in); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// Promise: a file without any indicator is refused in words, and not taken for an empty list.
func TestParseRefuses(t *testing.T) {
	for file, want := range map[string]string{
		"":                               "no indicator in it",
		"# nothing\n":                    "no indicator in it",
		"\xff\xfe":                       "not UTF-8",
		`{"type":"report"}`:              "no STIX bundle",
		`{"type":"bundle"`:               "not a STIX bundle",
		"value\nx\n":                     "no indicator in it can be used: line 2",
		`{"type":"bundle","objects":[]}`: "no indicator in it",
	} {
		if _, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", file, err, want)
		}
	}
}

// Promise: no text makes the reader fail in another way than by an error, and what it reads is in one of the lists.
func FuzzParse(f *testing.F) {
	f.Add([]byte("type,value\nip,203.0.113.9\n"))
	f.Add([]byte(`{"type":"bundle","objects":[{"type":"indicator","pattern":"[a:b = 'x' OR c:d IN ('y')]"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := Parse(data)
		if err != nil {
			return
		}
		n := 0
		for list, values := range in.Lists {
			n += len(values)
			for _, v := range values {
				if again, reason := tidy(list, v); reason != "" || again != v {
					t.Errorf("%s: %q is read again as %q, %q", list, v, again, reason)
				}
			}
		}
		if n != in.Read || n == 0 {
			t.Errorf("%d values in lists, said %d", n, in.Read)
		}
	})
}
