package redact_test

import (
	"archive/zip"
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/redact"
	"triage/analyzers/report/render"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"
)

func testKey(t testing.TB, of string) *redact.Key {
	t.Helper()
	key, err := redact.NewKey(strings.NewReader(strings.Repeat(of, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func redacted(t testing.TB, r *report.Report, key *redact.Key) *report.Report {
	t.Helper()
	out, err := redact.Report(r, key)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func jsonOf(t testing.TB, r *report.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// written is a report in some formats, by their names, with every finding explained.
func written(t testing.TB, r *report.Report, formats []string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, name := range formats {
		var b bytes.Buffer
		if err := render.Write(&b, r, name, render.WriteOptions{Text: render.TextOptions{Full: true}, Profile: "verbose"}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = b.Bytes()
		if render.Binary(name) {
			out[name] = unzipped(t, b.Bytes())
		}
	}
	var b bytes.Buffer
	for i := range r.Findings {
		if err := render.Explain(&b, r, r.Findings[i].ID, detect.Slips, render.TextOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	out["explain"] = b.Bytes()
	return out
}

// unzipped are the members of an archive, one behind another.
func unzipped(t testing.TB, archive []byte) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&out, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return out.Bytes()
}

// Promises about the shipped cases; each is told at its function.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "cases", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	key := testKey(t, "k")
	said := redact.TextOfSources(t)
	analyst := reporttest.NewAnalyst(t)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			r := analyst.Report(t, draw.Filter{}, folder)
			plain := jsonOf(t, r)
			hidden := redacted(t, r, key)
			nothingLeaks(t, folder, said, hidden)
			valuesAreTokens(t, hidden)
			if !bytes.Equal(jsonOf(t, r), plain) {
				t.Error("the report itself was changed")
			}
			comesBack(t, hidden, key, plain)
		})
	}
}

// Promise: nor does a value of a real export, of which nobody made up what stands where.
func TestRealExports(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector has seen this code in the shipped cases")
	}
	shared := filepath.Join("..", "..", "..", "..", "shared", "data")
	analyst, said := reporttest.NewAnalyst(t), redact.TextOfSources(t)
	for _, name := range []string{"det-eng", "entra", "field", "summit"} {
		folder := filepath.Join(shared, name)
		if _, err := os.Stat(folder); err != nil {
			t.Skip("no real exports here")
		}
		t.Run(name, func(t *testing.T) {
			hidden := redacted(t, analyst.Report(t, draw.Filter{}, folder), testKey(t, "k"))
			nothingLeaks(t, folder, said, hidden)
			valuesAreTokens(t, hidden)
		})
	}
}

// Promise: no value of the case's own columns stands in any format of a redacted report, in any case, encoding or spelling, but
// for what the program says itself, in its own sentences and the names of its columns: those words say nothing.
func nothingLeaks(t *testing.T, folder, said string, hidden *report.Report) {
	values := append(columns(t, folder), filepath.Base(folder), "activities.csv", "audit.jsonl")
	values = slices.DeleteFunc(values, func(v string) bool {
		for _, a := range allowed {
			if a.like.MatchString(v) {
				return true
			}
		}
		low := strings.ToLower(v)
		return ordinary.MatchString(low) && strings.Contains(said, low)
	})
	if len(values) < 10 {
		t.Fatalf("%d values in %s", len(values), folder)
	}
	open := *hidden
	open.Redaction = &report.Redaction{Key: hidden.Redaction.Key} // by chance, what is encrypted has any short word
	// Writers know the report alone, of which JSON shows all: that each shows no more, a few cases tell.
	formats := []string{"json", "text"}
	if os.Getenv("TRIAGE_LONG") != "" || slices.Contains([]string{"contested-home", "hostile-strings", "spoofed-invoice", "wire-fraud"}, filepath.Base(folder)) {
		formats = render.Formats()
	}
	for name, text := range written(t, &open, formats) {
		if found := leaks(values, text); len(found) > 0 {
			t.Errorf("%s: %d of %d values: %.3000q", name, len(found), len(values), found)
		}
	}
}

// Promise: whatever is a value by its field is a token in a redacted report, also where it is a word of the program's own.
func valuesAreTokens(t *testing.T, hidden *report.Report) {
	for _, text := range redact.ValuesOf(hidden) {
		if !tokens.MatchString(text) {
			t.Errorf("%q is no token", text)
		}
	}
}

var tokens = regexp.MustCompile(`^([a-z]+-([a-z][0-9]){5,16}(@domain-([a-z][0-9]){5,16}|:[0-9]+)?|AS[0-9]+|not-named|\s+)$`)

// Promise: what was redacted comes back byte for byte with its key, and with no other; a redacted report is valid by the schema.
func comesBack(t *testing.T, hidden *report.Report, key *redact.Key, plain []byte) {
	text := jsonOf(t, hidden)
	reporttest.Validate(t, text)
	read, err := report.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	back, err := redact.Open(read, key)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(jsonOf(t, back), plain) {
		t.Error("what comes back differs")
	}
}

// Promises: a report and a key give the same bytes; with another key every token and fingerprint is another; one value has one token in
// all reports made with a key, and no two values have one.
func TestTokensAreTheKeys(t *testing.T) {
	cases := filepath.Join("..", "..", "..", "testdata", "cases")
	analyst := reporttest.NewAnalyst(t)
	key, other := testKey(t, "k"), testKey(t, "o")
	of := map[string]string{} // value by token
	for _, name := range []string{"wire-fraud", "internal-phish", "payroll-diversion"} {
		r := analyst.Report(t, draw.Filter{}, filepath.Join(cases, name))
		hidden := redacted(t, r, key)
		if !bytes.Equal(jsonOf(t, hidden), jsonOf(t, redacted(t, r, key))) {
			t.Errorf("%s: redacted twice, it differs", name)
		}
		was, is := redact.Pairs(t, r, key)
		_, others := redact.Pairs(t, r, other)
		if len(was) != len(is) {
			t.Fatalf("%s: %d values became %d", name, len(was), len(is))
		}
		for i := range was {
			folded := strings.ToLower(strings.Trim(was[i], "<>"))
			if before, ok := of[is[i]]; ok && before != folded {
				t.Errorf("%q and %q are both %s", before, folded, is[i])
			}
			of[is[i]] = folded
			if is[i] == others[i] && is[i] != was[i] {
				t.Errorf("%q is %s with either key", was[i], is[i])
			}
		}
		for i := range hidden.Findings {
			if f := &hidden.Findings[i]; f.Fingerprint == r.Findings[i].Fingerprint || !strings.HasPrefix(f.Fingerprint, strings.TrimPrefix(f.Short, "f-")) {
				t.Errorf("%s: fingerprint %s, short name %s", f.ID, f.Fingerprint, f.Short)
			}
		}
	}
	back := map[string]string{}
	for token, value := range of {
		hash := token[strings.IndexByte(token, '-')+1:]
		if before, ok := back[value]; ok && before != hash {
			t.Errorf("%q is %s and %s", value, before, hash)
		}
		back[value] = hash
	}
}

// Promise: who knows the order of the client's names reads nothing off a redacted report: no list of it is in that order because of the
// names.
func TestOrderTellsNothing(t *testing.T) {
	r := reporttest.Analyzed(t, filepath.Join("..", "..", "..", "testdata", "cases", "internal-phish"))
	key := testKey(t, "k")
	hidden := redacted(t, r, key)
	names := func(r *report.Report) map[string][]string {
		lists := map[string][]string{}
		for _, a := range r.Accounts {
			lists["accounts"] = append(lists["accounts"], a.Account)
		}
		for _, m := range r.Mailboxes {
			if m.Score == 0 {
				lists["quiet mailboxes"] = append(lists["quiet mailboxes"], m.Mailbox)
			}
		}
		for _, tl := range r.Timeline {
			lists["timeline"] = append(lists["timeline"], tl.Mailbox)
		}
		for _, a := range r.Addresses {
			if a.Score == 0 {
				lists["quiet addresses"] = append(lists["quiet addresses"], a.IP)
			}
		}
		for _, a := range r.Answers {
			for _, l := range a.Facts {
				if l.Name == "undecided" {
					lists["undecided"] = l.Values
				}
			}
		}
		return lists
	}
	was, is := names(r), names(hidden)
	if len(was) != 5 {
		t.Fatalf("%d lists: %v", len(was), was)
	}
	for name, list := range was {
		inOrder := make([]string, len(list))
		for i, one := range list {
			inOrder[i] = redact.TokenOf(key, one)
		}
		got := make([]string, len(list))
		for i, one := range is[name] {
			got[i], _, _ = strings.Cut(one[strings.IndexByte(one, '-')+1:], "@")
		}
		if len(list) < 4 || !slices.IsSorted(list) || slices.Equal(got, inOrder) || !slices.IsSorted(is[name]) {
			t.Errorf("%s: %v became %v", name, list, is[name])
		}
	}
}

// Promise: who knows every name, address, id and text of the case and the whole program, and not the key, finds none of its tokens
// and fingerprints by hashing what he knows.
func TestDictionaryFindsNothing(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "testdata", "cases", "internal-phish")
	r := reporttest.Analyzed(t, folder)
	hidden := redacted(t, r, testKey(t, "k"))
	text := string(jsonOf(t, hidden))
	guesses := append(columns(t, folder), redact.ValuesOf(r)...)
	for i := range r.Findings {
		f := &r.Findings[i]
		guesses = append(guesses, f.Fingerprint, f.Short, f.Rule+"\x00"+f.Mailbox)
		for _, e := range f.Evidence {
			guesses = append(guesses, e.Identity, e.ID)
		}
	}
	for _, in := range r.Inputs {
		guesses = append(guesses, in.SHA256, in.Path)
	}
	there := map[string]bool{} // the hashes of tokens, and how fingerprints and identities begin
	for _, hash := range hashes.FindAllString(text, -1) {
		there[hash[strings.IndexByte(hash, '-')+1:]] = true
		there[hash[:min(16, len(hash))]] = true
	}
	wrong := testKey(t, "\x00")
	for _, guess := range guesses {
		if len(guess) < 4 {
			continue
		}
		sums := []string{redact.TokenOf(wrong, guess), guess[:min(16, len(guess))]}
		for _, spelling := range []string{guess, strings.ToLower(guess)} {
			b256, b1, bmd := sha256.Sum256([]byte(spelling)), sha1.Sum([]byte(spelling)), md5.Sum([]byte(spelling))
			sums = append(sums, hex.EncodeToString(b256[:8]), hex.EncodeToString(b1[:8]), hex.EncodeToString(bmd[:8]), redact.Alternate(b256[:]))
		}
		for _, sum := range sums {
			if there[sum] {
				t.Errorf("%q is found by %s", guess, sum)
			}
		}
	}
	if right := redact.TokenOf(testKey(t, "k"), r.Mailboxes[0].Mailbox); !there[right] {
		t.Errorf("%s, the token of a mailbox, is not among %d: the test looks for the wrong thing", right, len(there))
	}
}

var hashes = regexp.MustCompile(`[a-z]+-([a-z][0-9]){5,16}|[0-9a-f]{32,64}`)

// Promise: hostile text goes nowhere, in any format, and what is left of a report is valid.
func TestHostileText(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	redact.NoPlaces(r) // they are the database's, and no log's
	key := testKey(t, "k")
	hidden := redacted(t, r, key)
	comesBack(t, hidden, key, jsonOf(t, r))
	for name, text := range written(t, hidden, render.Formats()) {
		for _, part := range []string{"gpj.exe", "onerror", "calc'!", "javascript", "Set-Cookie", "red\x1b", "wire transfer", "mallory", "contoso", "203.0.113.9", "alice", "Mozilla"} {
			if strings.Contains(strings.ToLower(string(text)), strings.ToLower(part)) {
				t.Errorf("%s: %q is there", name, part)
			}
		}
	}
}

// Promise: what only a sentence says, and no field of the report, is replaced all the same: whatever stands in quotes, and each word that
// the program does not have.
func TestUnknownWords(t *testing.T) {
	f := func(text string, kept ...string) {
		t.Helper()
		r := reporttest.Build(t, reporttest.Sample(""))
		r.Ledger = append(r.Ledger, report.LedgerItem{Code: "rows-skipped", Severity: "loss", Text: text})
		got := redacted(t, r, testKey(t, "k")).Ledger[len(r.Ledger)-1].Text
		if rest := token.ReplaceAllString(got, "T"); rest != kept[0] {
			t.Errorf("%s\n got %s (%s)\nwant %s", text, rest, got, kept[0])
		}
	}
	f("no Unified Audit Log of zelda@hyrule.example", "no Unified Audit Log of T@T")
	f(`searched "Quarterly payment to Hyrule", then "x"`, `searched "T", then "T"`)
	f("signed in from 203.0.113.77 and 2001:db8::77, 198.51.100.0/24", "signed in from T and T, T")
	f("the file C:\\Users\\zelda\\mail.pst", "the file T")
	f("opened https://hyrule.example/a%20b and hyrule[.]example", "opened T and T")
	f("sent bWFsbG9yeUBleGFtcGxlLmNvbQ== in 14 acts on 2018-05-22 at 01:12", "sent T== in 14 acts on 2018-05-22 at 01:12")
	f("alice@contoso.com.hyrule.example wrote", "T@T.T wrote")
	f("Alice@Contoso.com's mail", "T@T's mail")
	f("zelda's mail", "T mail")
	f("ask Alice of Acme, Bob of Contoso", "ask T of T, T of T") // whom our own examples name
	f("💶💶💶💶 from ｚｅｌｄａ", "T from T")
}
