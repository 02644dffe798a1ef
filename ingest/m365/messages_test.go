package m365

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/ingest/m365/disk/disktest"
	"triage/ingest/m365/m365test"
)

// someMessages invents n messages of alice@contoso.com, of which every third Message-ID has a second copy.
func someMessages(n int) []m365test.Message {
	var all []m365test.Message
	for i := range n {
		object := fmt.Sprintf(`{"subject":"Invoice %d","bodyPreview":"Please pay","body":{"content":"SECRET BODY"},"receivedDateTime":"2026-03-02T08:00:%02dZ",`+
			`"webLink":"https://outlook.example/%d","from":{"emailAddress":{"address":"ap@fabrikam.example"}},`+
			`"internetMessageHeaders":[{"name":"Authentication-Results","value":"dmarc=fail action=oreject; compauth=fail reason=000"}]}`, i, i%60, i)
		m := m365test.Message{Mailbox: "alice@contoso.com", ID: itemID(i), MessageID: messageID(i), JSON: []byte(object)}
		all = append(all, m)
		if i%3 == 0 {
			m.ID = itemID(1000 + i)
			all = append(all, m)
		}
	}
	return all
}

func itemID(i int) string { return fmt.Sprintf("AAMkAGXDoBKmakNgpy0W-_lO6q%06d=", i) }

// messageID has what an address must not take at its word.
func messageID(i int) string { return fmt.Sprintf("<o'brien+%d&x=/%%?#@fabrikam.example>", i) }

func (s *stage) messages(t testing.TB, version, output string, wanted ...Wanted) *MessageFetch {
	t.Helper()
	token, err := NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	o := s.options(token)
	if version == "v1.0" {
		o.Scheme = Basic
		if o.Tokens, err = NewToken("alice@contoso.com:" + secret); err != nil {
			t.Fatal(err)
		}
		s.service.Token = "alice@contoso.com:" + secret
	}
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	return &MessageFetch{API: &Messages{Client: c, Version: version}, Wanted: wanted, Output: output, Tool: "triage test"}
}

// filesIn is the content of the files of a folder, by name.
func filesIn(t testing.TB, folder string) map[string]string {
	t.Helper()
	names, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, n := range names {
		text, err := os.ReadFile(filepath.Join(folder, n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[n.Name()] = string(text)
	}
	return all
}

func messageManifest(t testing.TB, output string) MessageManifest {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(output+".case", manifestName))
	if err != nil {
		t.Fatal(err)
	}
	var m MessageManifest
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Promise: each protocol gives what it has, by the item's id and, but for v1.0, by the Message-ID; never a body; what is
// not there is written down with its reason and is no error; the files say whose they are and by what id the log knows
// them.
func TestFetchMessages(t *testing.T) {
	f := func(version, headers string, byMessageID int) {
		t.Helper()
		s := newStage(t, nil)
		s.service.Messages = someMessages(4)
		output := filepath.Join(t.TempDir(), "messages")
		result, err := s.messages(
			t, version, output+"/",
			Wanted{Mailbox: "alice@contoso.com", Item: itemID(1)},
			Wanted{Mailbox: "alice@contoso.com", MessageID: messageID(3)},
			Wanted{Mailbox: "alice@contoso.com", Item: itemID(99)},
			Wanted{Mailbox: "alice@contoso.com", MessageID: "<gone@fabrikam.example>"},
			Wanted{Mailbox: "alice@contoso.com", Item: itemID(98), MessageID: messageID(2)},
			Wanted{Mailbox: "alice@contoso.com", Item: "RgAAAAC0123456789ab/+="},
			Wanted{Mailbox: "nobody@contoso.com", Item: itemID(1)},
		).Run(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", version, err)
		}
		if refused := strings.Join(s.service.Refused(), "; "); strings.Contains(refused, "bodies") || strings.Contains(refused, "invalid") && !strings.Contains(refused, "user 'nobody") {
			t.Errorf("%s: refused: %s", version, refused)
		}
		if result.Found != 1+byMessageID || len(result.Absent) != 6-byMessageID {
			t.Errorf("%s: found %d, absent %+v", version, result.Found, result.Absent)
		}
		m := messageManifest(t, output)
		if !m.Complete || m.Found != result.Found || m.Absent != len(result.Absent) || len(m.Messages) != 7 {
			t.Errorf("%s: manifest %+v", version, m)
		}
		reasons := map[string]string{itemID(99): "404 ErrorItemNotFound: deleted", "RgAAAAC0123456789ab/+=": "400 ErrorInvalidIdMalformed"}
		files := filesIn(t, output)
		for _, r := range m.Messages {
			if r.Found == 0 && (r.Reason == "" || !strings.HasPrefix(r.Reason, reasons[r.Item])) {
				t.Errorf("%s: %+v", version, r)
			}
			text := files[r.File]
			if r.Found > 0 && (!strings.HasPrefix(text, `{"Mailbox":"alice@contoso.com",`) || strings.Contains(text, "SECRET") ||
				strings.Count(text, "\n") != r.Found || !strings.Contains(text, headers) || r.Item != "" && !strings.Contains(text, `"ActivityItemId":"`+r.Item+`"`)) {
				t.Errorf("%s: %+v\n%s", version, r, text)
			}
		}
		if len(files) != result.Found {
			t.Errorf("%s: %d files", version, len(files))
		}
		noSecret(t, filepath.Dir(output))
	}
	f(Graph, "internetMessageHeaders", 2)
	f("beta", "InternetMessageHeaders", 2)
	f("v2.0", "WebLink", 2)
	f("v1.0", "DateTimeReceived", 0)
}

// Promise: the beginning of a body comes only where it is asked for, and the manifest says so; a folder without is not gone on
// with. Messages are asked for several at once, as many as the service allows.
func TestPreview(t *testing.T) {
	for _, version := range []string{Graph, "v2.0"} {
		s := newStage(t, nil)
		s.service.Messages = someMessages(30)
		output := filepath.Join(t.TempDir(), "messages")
		var wanted []Wanted
		for i := range 30 {
			wanted = append(wanted, Wanted{Mailbox: "alice@contoso.com", Item: itemID(i), MessageID: messageID(i)})
		}
		f := s.messages(t, version, output, wanted...)
		if _, err := f.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprint(filesIn(t, output))
		if strings.Contains(all, "Please pay") || messageManifest(t, output).Preview {
			t.Errorf("%s: a body came that nobody asked for", version)
		}
		f = s.messages(t, version, output, wanted...)
		f.API.Preview = true
		if _, err := f.Run(t.Context()); !errors.Is(err, ErrOther) {
			t.Errorf("%s: gone on with: %v", version, err)
		}
		f = s.messages(t, version, output+"2", wanted...)
		f.API.Preview = true
		if _, err := f.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		all = fmt.Sprint(filesIn(t, output+"2"))
		if strings.Count(all, "Please pay") < 30 || strings.Contains(all, "SECRET BODY") || !messageManifest(t, output+"2").Preview {
			t.Errorf("%s: no previews", version)
		}
		if most := s.service.MostAtOnce(); most > 4 {
			t.Errorf("%s: %d requests at once", version, most)
		}
	}
}

// together is a transport whose first request waits for a second one.
type together struct {
	http.RoundTripper
	came  chan struct{}
	alone *atomic.Bool
}

func (g together) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case g.came <- struct{}{}:
	case <-g.came:
	case <-time.After(10 * time.Second):
		g.alone.Store(true)
	}
	return g.RoundTripper.RoundTrip(r)
}

// Promise: several messages are asked for at once.
func TestSeveralMessagesAtOnce(t *testing.T) {
	s := newStage(t, nil)
	s.service.Messages = someMessages(8)
	var wanted []Wanted
	for i := range 8 {
		wanted = append(wanted, Wanted{Mailbox: "alice@contoso.com", MessageID: messageID(i)})
	}
	f := s.messages(t, Graph, filepath.Join(t.TempDir(), "messages"), wanted...)
	var alone atomic.Bool
	f.API.Client.http.Transport = together{f.API.Client.http.Transport, make(chan struct{}), &alone}
	if result, err := f.Run(t.Context()); err != nil || result.Found != 8 || alone.Load() {
		t.Errorf("%+v, %v, alone: %v", result, err, alone.Load())
	}
}

// Promise: a text from a log never makes a request for anything but one message, or the copies of one, of its mailbox.
func TestHostileIds(t *testing.T) {
	for _, version := range MessageVersions() {
		m := &Messages{Version: version}
		for _, item := range []string{
			"", ".", "..", "../../me", "delta", "$count", "$value", "x", "AAMk/../../../users", "AAMkAAAAAAAAAAAAAAAA?$select=body", "AAMkAAAAAAAAAAAAAA#", "AAMkAAAAAAAAAAAAAA%2e%2e",
			"AAMkAAAAAAAAAAAAAA')/$value", "AAMkAAAAAAAAAAAAAAAA\r\nX: y", strings.Repeat("A", 4000), "microsoft.graph.delta()",
		} {
			if at, err := m.ByItem("alice@contoso.com", item); err == nil {
				t.Errorf("%q: %s", item, at)
			}
		}
		for _, mailbox := range []string{"", "me", "..", "../x@y", "$all@contoso.com", "a@b/messages", "a@b?x", "a@b#", "a@b%2f", "a@b\\c", "a@\x00", "ä@contoso.com"} {
			if at, err := m.ByItem(mailbox, itemID(1)); err == nil {
				t.Errorf("%q: %s", mailbox, at)
			}
		}
		for _, id := range []string{"", " <a@b>", "a\nb", "\x1b[2J", strings.Repeat("a", 2000)} {
			if at, err := m.ByMessageID("alice@contoso.com", id); err == nil {
				t.Errorf("%q: %s", id, at)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.SampledFrom(MessageVersions()).Draw(t, "version")
		hostile := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]{0,40}`), rapid.StringMatching(`[A-Za-z0-9+/_=.$'()-]{14,40}`))
		m := &Messages{Version: version, Client: &Client{root: &url.URL{Scheme: "https", Host: "graph.example", Path: "/root"}}}
		mailbox, id := hostile.Draw(t, "mailbox")+"@contoso.com", hostile.Draw(t, "id")
		if rapid.Bool().Draw(t, "plain") {
			mailbox = "o'brien@contoso.com"
		}
		users := "/root/v1.0/users/" + mailbox + "/messages"
		if version != Graph {
			users = "/root/api/" + version + "/Users('" + strings.ReplaceAll(mailbox, "'", "''") + "')/messages"
		}
		check := func(address, path, filter string) {
			u, err := m.Client.resolve(address)
			if err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			// As the wire has it, and as a server that decodes first would see it.
			values, err := url.ParseQuery(u.RawQuery)
			if err != nil || u.Path != path || strings.Count(u.EscapedPath(), "/") != strings.Count(users, "/")+len(path[len(users):min(len(users)+1, len(path))]) {
				t.Errorf("%s: %s, %v", address, u, err)
			}
			if values.Get("$select") != m.fields() || values.Get("$filter") != filter || len(values["$select"]) != 1 || u.Fragment != "" || u.Host != "graph.example" {
				t.Errorf("%s: %v", address, values)
			}
		}
		if address, err := m.ByItem(mailbox, id); err == nil {
			check(address, users+"/"+id, "")
		}
		if address, err := m.ByMessageID(mailbox, id); err == nil {
			field := "InternetMessageId"
			if version == Graph {
				field = "internetMessageId"
			}
			check(address, users, field+" eq '"+strings.ReplaceAll(id, "'", "''")+"'")
		}
	})
}

// drawWanted wants some messages that are there and some that are not, by either id or both.
func drawWanted(t *rapid.T) []Wanted {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Wanted {
		w := Wanted{Mailbox: rapid.SampledFrom([]string{"alice@contoso.com", "alice@contoso.com", "nobody@contoso.com", "'; drop"}).Draw(t, "mailbox")}
		i := rapid.IntRange(0, 9).Draw(t, "message")
		switch rapid.IntRange(0, 3).Draw(t, "by") {
		case 0:
			w.Item = itemID(i)
		case 1:
			w.MessageID = messageID(i)
		case 2:
			w.Item, w.MessageID = itemID(i), messageID(i)
		default:
			w.Item = rapid.SampledFrom([]string{"../x", "$count", ""}).Draw(t, "hostile")
		}
		return w
	}), 0, 12).Draw(t, "wanted")
}

// Promise: whatever goes wrong, as long as it ends, the same files are there; nobody asks earlier than Retry-After, nor
// more than four at once; the token goes to the root alone and is in no file and no message.
func TestMessagesAnyFaults(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		wanted := drawWanted(t)
		faults := rapid.SliceOfN(rapid.SampledFrom(append(m365test.Passing(), m365test.Elsewhere, m365test.None, m365test.None)), 0, 40).Draw(t, "faults")
		version := rapid.SampledFrom([]string{Graph, "v2.0", "beta"}).Draw(t, "version")
		folder, err := os.MkdirTemp("", "m365")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(folder)
		run := func(name string, faults []m365test.Fault) (map[string]string, []MessageRecord) {
			s := newStage(outer, nil)
			s.service.Messages = someMessages(6)
			s.service.Fault = func(n int) m365test.Fault {
				if n < len(faults) {
					return faults[n]
				}
				return m365test.None
			}
			defer s.server.Close()
			output := filepath.Join(folder, name)
			var said []string
			for attempt := 0; ; attempt++ {
				f := s.messages(outer, version, output, wanted...)
				f.files, f.atOnce = disktest.Mortal{}, 1 // of several, some are on their way when the first is told to wait
				hosts := map[string]bool{}
				f.API.Client.http.Transport = guard(f.API.Client.http.Transport, hosts)
				var mu sync.Mutex
				f.API.Client.Waiting = func(_ time.Duration, why string) {
					mu.Lock()
					defer mu.Unlock()
					said = append(said, why)
				}
				result, err := f.Run(outer.Context())
				if len(hosts) > 1 {
					t.Fatalf("the token went to %v", hosts)
				}
				if err == nil {
					noSecret(t, folder, said...)
					if s.service.Early() > 0 || s.service.MostAtOnce() > 4 {
						t.Errorf("%d requests came early, %d at once", s.service.Early(), s.service.MostAtOnce())
					}
					for i := range result.Absent {
						result.Absent[i].Asked = time.Time{}
						result.Absent[i].Pages = nil
					}
					return filesIn(outer, output), result.Absent
				}
				said = append(said, err.Error())
				if attempt == 40 {
					t.Fatalf("never ends: %q", said)
				}
			}
		}
		want, absent := run("calm", nil)
		got, missing := run("stormy", faults)
		if fmt.Sprint(got) != fmt.Sprint(want) || fmt.Sprint(missing) != fmt.Sprint(absent) {
			t.Errorf("got\n%v\n%v\nwant\n%v\n%v", got, missing, want, absent)
		}
	})
}

// Promise: a fetch that is killed after any byte, any number of times, and called again, ends with the files of one that
// was never killed; called once more it asks for nothing, and with a longer list for what is new only.
func TestMessagesKilled(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		wanted := drawWanted(t)
		s := newStage(outer, nil)
		defer s.server.Close()
		s.service.Messages = someMessages(6)
		folder, err := os.MkdirTemp("", "m365")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(folder)
		run := func(name string, left *int, wanted []Wanted) (*MessageResult, error) {
			f := s.messages(outer, Graph, filepath.Join(folder, name), wanted...)
			f.files = disktest.Mortal{Left: left}
			return f.Run(outer.Context())
		}
		if _, err := run("whole", nil, wanted); err != nil {
			t.Fatal(err)
		}
		for _, left := range rapid.SliceOfN(rapid.IntRange(0, 15_000), 1, 6).Draw(t, "kills") {
			if _, err := run("killed", &left, wanted); err != nil && !errors.Is(err, disktest.ErrKilled) {
				t.Fatalf("killed: %v", err)
			}
		}
		if _, err := run("killed", nil, wanted); err != nil {
			t.Fatal(err)
		}
		if got, want := filesIn(outer, filepath.Join(folder, "killed")), filesIn(outer, filepath.Join(folder, "whole")); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got\n%v\nwant\n%v", got, want)
		}
		asked := s.service.Requests()
		again, err := run("killed", nil, wanted)
		if err != nil || !again.Already || s.service.Requests() != asked {
			t.Errorf("again: %+v, %v, %d requests more", again, err, s.service.Requests()-asked)
		}
		more := append(slices.Clone(wanted), Wanted{Mailbox: "alice@contoso.com", Item: itemID(5), MessageID: messageID(0)})
		known := slices.Contains(wanted, more[len(more)-1])
		if result, err := run("killed", nil, more); err != nil || !known && s.service.Requests() != asked+1 || result.Already != known {
			t.Errorf("more: %+v, %v, %d requests", result, err, s.service.Requests()-asked)
		}
	})
}

// Promise: a folder that is somebody else's is not touched, a changed file is noticed, another service's folder is
// refused; a wrong address is no evidence that messages are gone.
func TestMessagesRefuse(t *testing.T) {
	s := newStage(t, nil)
	s.service.Messages = someMessages(2)
	one := Wanted{Mailbox: "alice@contoso.com", Item: itemID(1)}
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "x.eml"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.messages(t, Graph, foreign, one).Run(t.Context()); !errors.Is(err, ErrExists) {
		t.Errorf("foreign folder: %v", err)
	}
	output := filepath.Join(t.TempDir(), "m")
	if _, err := s.messages(t, Graph, output, one).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.messages(t, "beta", output, one).Run(t.Context()); !errors.Is(err, ErrOther) {
		t.Errorf("other protocol: %v", err)
	}
	if err := os.WriteFile(filepath.Join(output, one.name()), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.messages(t, Graph, output, one).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "is not what came") {
		t.Errorf("changed file: %v", err)
	}
	if err := os.Remove(filepath.Join(output, one.name())); err != nil {
		t.Fatal(err)
	}
	if _, err := s.messages(t, Graph, output, one).Run(t.Context()); err != nil || len(filesIn(t, output)) != 1 {
		t.Errorf("deleted file: %v", err)
	}
	wrong := s.messages(t, Graph, filepath.Join(t.TempDir(), "w"), one)
	wrong.API.Client.root.Path = "/elsewhere"
	if _, err := wrong.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("wrong address: %v", err)
	}
}

// Promise: not more than 10,000 requests begin within ten minutes.
func TestMessagesLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	s := newStage(t, nil)
	s.service.Messages = someMessages(1)
	c := s.messages(t, Graph, "").API
	e := c.endpoint()
	address, err := c.ByItem("alice@contoso.com", itemID(0))
	if err != nil {
		t.Fatal(err)
	}
	for range 10_050 {
		if _, err := c.One(t.Context(), e, address); err != nil {
			t.Fatal(err)
		}
	}
	if refused := s.service.Refused(); len(refused) > 0 || s.clock.Slept < 10*time.Minute {
		t.Errorf("%d refused, %s slept", len(refused), s.clock.Slept)
	}
}
