package attachment

import (
	"slices"
	"strings"
	"testing"
)

// A file's type is found in whatever way the log names it, and nothing else is taken for one.
func TestFiles(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		var exts []string
		for _, f := range files(text, mimeTypes()) {
			exts = append(exts, f.ext)
		}
		if got := strings.Join(exts, " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	f("invoice.hta", "hta")
	f("Invoice May.HTA", "hta")
	f("HTA, PDF", "hta pdf")
	f(".exe", "exe")
	f("application/hta", "hta")
	f("report.pdf;application/pdf;1234", "pdf pdf 1234")
	f(`{'Name': 'a b.exe', 'Type': 'application/x-msdownload'}`, "name exe type exe")
	f("passwords.txt (333b)", "txt")
	f("Project Gamma - Contract Amendment v2 (Draft 04_04_2024)(100112233.7).docx (73728b)", "docx")
	f("AttachedImage (3165b)", "")
	f("setup.appinstaller", "appinstaller")
	f("open.settingcontent-ms", "settingcontent-ms")
	f("How to become one", "")
	f("evil.exe. ", "exe")
	f("версия.exe", "exe")
	f("no ending at all", "")
	f("", "")
}

// Only a name that shows one type and runs as another is double.
func TestDouble(t *testing.T) {
	f := func(name string, want bool) {
		t.Helper()
		if got := slices.ContainsFunc(files(name, mimeTypes()), func(f file) bool { return f.double() }); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
	f("invoice.pdf.exe", true)
	f("invoice.pdf            .scr", true)
	f("statement.xlsx.html", true)
	f("ann\u202efdp.exe", true)
	f("invoice.exe", false)
	f("fattura.xml.p7m", false)
	f("fattura.pdf.p7m", false)
	f("backup.tar.gz", false)
	f("v1.2.exe", false)
	f("report.pdf", false)
}

// Hostile text costs little and breaks nothing.
func FuzzFiles(f *testing.F) {
	for _, seed := range []string{"a.exe", "(1b)", "a.b (2b)", "\u202e.", ";;..", "=\xff.hta"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, file := range files(text, mimeTypes()) {
			if strings.ContainsAny(file.ext, ". /") || file.ext != strings.ToLower(file.ext) {
				t.Errorf("%q: extension %q", text, file.ext)
			}
		}
	})
}
