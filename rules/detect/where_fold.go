package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is a text as conditions compare it: Unicode's NFKC_Casefold. Width and font variants, ligatures and upper case
// are gone, and so are invisible characters (zero-width spaces, soft hyphens), with which attackers split words.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	s = norm.NFKC.String(strings.ToValidUTF8(s, "\uFFFD"))
	// Folding can undo the normal form and dropping an invisible character can make a new composition, so a second
	// round; TestFoldIsStable holds that two are enough.
	for range 2 {
		s = norm.NFKC.String(strings.Map(visible, cases.Fold().String(s)))
	}
	return s
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// visible drops Unicode's Default_Ignorable_Code_Point: its derivation is that of DerivedCoreProperties.txt.
func visible(r rune) rune {
	switch {
	case r < utf8.RuneSelf || unicode.Is(unicode.White_Space, r):
		return r
	case 0xFFF9 <= r && r <= 0xFFFB || 0x13430 <= r && r <= 0x13440:
		return r
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return r
	case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return -1
	}
	return r
}

// Words is a text made ready for HasWord: folded, each run of white space one blank.
func Words(s string) string { return strings.Join(strings.Fields(Fold(s)), " ") }

// HasWord says whether words, one or several, stand in a text as whole words. Both must come from Words. Scripts that
// write without spaces have no word boundaries, so there any place counts.
func HasWord(text, words string) bool {
	if words == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], words)
		if i < 0 {
			return false
		}
		i += from
		if freeEnds(text[:i], words, text[i+len(words):]) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		from = i + size
	}
}

// freeEnds says whether neither end of a word is glued to its surroundings.
func freeEnds(before, word, after string) bool {
	left, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	right, _ := utf8.DecodeRuneInString(after)
	return (before == "" || !glued(left, first)) && (after == "" || !glued(last, right))
}

func glued(a, b rune) bool {
	return wordRune(a) && wordRune(b) && !(spaceless(a) && !unicode.IsMark(b) || spaceless(b))
}

func wordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
		unicode.Myanmar)
}
