package charset

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// written is text in a code page, wrapped into the ASCII of a log.
func written(t *testing.T, e Encoding, text string) []byte {
	t.Helper()
	p, _ := codePageOf(e)
	raw, err := p.table.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatalf("%q in %s: %v", text, e, err)
	}
	return raw
}

func looked(text []byte) *OddBytes {
	o := &OddBytes{}
	o.Add(text)
	o.End()
	return o
}

// Promise: the code page of a text is found by the text alone, and read back to the letter.
func TestCodePages(t *testing.T) {
	f := func(e Encoding, text string) {
		t.Helper()
		raw := written(t, e, `{"Name":"`+text+`","Id":1}`)
		if got := looked(raw).Page(); got != e {
			t.Errorf("%q is taken as %s, want %s", text, got, e)
			return
		}
		got, err := io.ReadAll(iotest.OneByteReader(NewReader(bytes.NewReader(raw), e)))
		if want := `{"Name":"` + text + `","Id":1}`; err != nil || string(got) != want {
			t.Errorf("read %q, %v, want %q", got, err, want)
		}
	}
	f(Windows1252, "Gelöschte Elemente")
	f(Windows1252, "jörg.müller@contoso.com, Überweisung fällig; Straße")
	f(Windows1252, "Éléments supprimés – à l’œuvre, 12 €")
	f(Windows1252, "The client’s “new” account – £100")
	f(Windows1252, "Þórður, það er íslenska, ég á að fá")
	f(Windows1250, "Usunięte; płatność, przelew należności, źródło")
	f(Windows1254, "Silinmiş Öğeler, ödeme değişikliği şifre")
	f(CodePage850, "jörg.müller@contoso.com, Überweisung fällig; Straße")
	f(CodePage852, "Usunięte; płatność, przelew należności")
	f(Macintosh, "Müller, Gelöschte Elemente, für die Überweisung")
	f(Windows1251, "Удаленные, счёт на оплату, Пароль")
	f(CodePage866, "Удаленные элементы, счет на оплату, Пароль")
	f(Windows1253, "Διαγραμμένα στοιχεία, πληρωμή")
}

// Promise: what is UTF-8 but for damage stays UTF-8, and damage in ASCII is no code page.
func TestDamageIsNoCodePage(t *testing.T) {
	for _, text := range []string{
		"", "a", "plain ASCII", "Müller 漢字 🙂", strings.Repeat("für die Überweisung ", 20) + "\xfc",
		"a\xff\xfeb", "\x80", "x \x00\x81\x8d y", strings.Repeat("日本", 40) + "\xe9 a", "cut \xe2\x82", "12\xb34",
	} {
		if got := looked([]byte(text)).Page(); got != UTF8 {
			t.Errorf("%q is taken as %s", text, got)
		}
	}
	if o := looked([]byte("a\xff\xfeb, \xe2\x82")); o.Bytes != 4 || o.Lost(UTF8) != 4 {
		t.Errorf("%d odd bytes, %d lost, want 4", o.Bytes, o.Lost(UTF8))
	}
}

// Promise: files that were joined, one of them UTF-8, are both read.
func TestJoinedTexts(t *testing.T) {
	raw := append([]byte("Gelöschte Elemente – für Jörg\n"), written(t, Windows1252, "Überweisung fällig für Müller, schöne Grüße, Spaß”\n")...)
	if got := looked(raw).Page(); got != Windows1252 {
		t.Fatalf("taken as %s", got)
	}
	got, err := io.ReadAll(NewReader(bytes.NewReader(raw), Windows1252))
	if want := "Gelöschte Elemente – für Jörg\nÜberweisung fällig für Müller, schöne Grüße, Spaß”\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

// Promise: how the stream comes in parts changes nothing, neither what is found nor what is read; ASCII stays as it is;
// what is read is UTF-8, and has as many U+FFFD as the page has no letter for.
func TestCodePageInParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("aZ ,\"\n\xc3\xbc\xe2\x82\xac\xf0\x9f")))).Draw(t, "text")
		whole, parts := looked(text), &OddBytes{}
		for rest := text; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "part")
			parts.Add(rest[:n])
			rest = rest[n:]
		}
		parts.End()
		if whole.Bytes != parts.Bytes || whole.Runes != parts.Runes || (whole.seen == nil) != (parts.seen == nil) || whole.seen != nil && *whole.seen != *parts.seen {
			t.Fatalf("%q: %d and %d odd bytes, %d and %d sequences", text, whole.Bytes, parts.Bytes, whole.Runes, parts.Runes)
		}
		if want := strings.Count(strings.ToValidUTF8(strings.ReplaceAll(string(text), "\uFFFD", ""), "\uFFFD"), "\uFFFD"); want > 0 != (whole.Bytes > 0) {
			t.Fatalf("%q: %d odd bytes", text, whole.Bytes)
		}
		for _, p := range codePages() {
			once, err := io.ReadAll(NewReader(bytes.NewReader(text), p.encoding))
			if err != nil {
				t.Fatal(err)
			}
			byByte, err := io.ReadAll(iotest.OneByteReader(NewReader(bytes.NewReader(text), p.encoding)))
			if err != nil || !bytes.Equal(once, byByte) || !bytes.Equal(once, bytes.ToValidUTF8(once, nil)) {
				t.Fatalf("%s: %q and %q", p.name, once, byByte)
			}
			if !bytes.Equal(asciiOf(once), asciiOf(text)) {
				t.Fatalf("%s: ASCII of %q is not that of %q", p.name, once, text)
			}
		}
	})
}

func asciiOf(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < 0x80 {
			return r
		}
		return -1
	}, text)
}
