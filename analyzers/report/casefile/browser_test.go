package casefile_test

import (
	"bytes"
	"context"
	_ "embed"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"triage/analyzers/report"
	"triage/analyzers/report/casefile"
	"triage/analyzers/report/reporttest"
)

//go:embed testdata/checks.js
var checks string

// browser starts Chromium, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium: the page is not driven in a browser (apt-get install chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WSURLReadTimeout(2*time.Minute), chromedp.UserDataDir(t.TempDir()))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// opened is a page with what it asked for and complained of.
type opened struct {
	mu     sync.Mutex
	faults []string
	url    string
}

func (o *opened) fault(s string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults = append(o.faults, s)
}

// listen records every request but the page's own, and every complaint and dialog.
func listen(ctx context.Context, o *opened) error {
	return chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if e.Request.URL != o.url {
				o.fault("asks for " + e.Request.URL)
			}
		case *runtime.EventConsoleAPICalled:
			o.fault("writes to the console")
		case *runtime.EventExceptionThrown:
			o.fault("throws: " + e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			o.fault("log: " + e.Entry.Text)
		case *page.EventJavascriptDialogOpening:
			o.fault("opens a dialog: " + e.Message)
		}
	})
}

// open writes a report as a page and shows it.
func open(t *testing.T, ctx context.Context, r *report.Report) *opened {
	t.Helper()
	var out bytes.Buffer
	if err := casefile.Write(&out, r, ""); err != nil {
		t.Fatal(err)
	}
	return openText(t, ctx, out.Bytes())
}

func openText(t *testing.T, ctx context.Context, text []byte) *opened {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	o := &opened{url: (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()}
	if err := listen(ctx, o); err != nil {
		t.Fatal(err)
	}
	run(t, ctx, chromedp.EmulateViewport(1400, 1000), chromedp.Navigate(o.url))
	return o
}

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// faultsOf runs one of the checks in the page: it gives what is wrong.
func faultsOf(t *testing.T, ctx context.Context, check string) []string {
	t.Helper()
	faults, err := chromedp.Run(ctx, chromedp.Evaluate[[]string]("(()=>{"+checks+"\nreturn "+check+"})()"))
	if err != nil {
		t.Fatalf("%s: %v", check, err)
	}
	return faults
}

func holds(t *testing.T, ctx context.Context, checks ...string) {
	t.Helper()
	for _, check := range checks {
		if faults := faultsOf(t, ctx, check); len(faults) > 0 {
			t.Errorf("%s: %d faults, the first: %s", check, len(faults), strings.Join(faults[:min(len(faults), 5)], "\n\t"))
		}
	}
}

func media(t *testing.T, ctx context.Context, scheme, medium string) {
	t.Helper()
	call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

func call[P, R any](t *testing.T, ctx context.Context, cmd cdp.Command[P, R], params P) R {
	t.Helper()
	result, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		t.Fatalf("%s: %v", cmd.Method, err)
	}
	return result
}

// cases are the reports that are driven: with an intruder, without one, with several accounts, and what attackers write.
func cases(t *testing.T) map[string]*report.Report {
	folder := filepath.Join("..", "..", "..", "testdata", "cases")
	list := map[string]*report.Report{
		"two-mailboxes": reporttest.Analyzed(t, filepath.Join(folder, "two-mailboxes", "hank.csv"), filepath.Join(folder, "two-mailboxes", "iris.csv")),
		"wire-fraud":    reporttest.Analyzed(t, filepath.Join(folder, "wire-fraud", "activities.csv")),
		"hostile":       reporttest.Analyzed(t, filepath.Join(folder, "hostile-strings", "activities.csv")),
		"finance-clerk": reporttest.Analyzed(t, filepath.Join(folder, "finance-clerk", "activities.csv")),
		"nasty":         reporttest.Build(t, reporttest.Sample(reporttest.Nasty)),
		"empty":         {Schema: report.SchemaName, Tool: report.Tool{Name: "triage", Version: "test"}, AsOf: "2026-11-21"},
	}
	if os.Getenv("TRIAGE_LONG") != "" {
		for _, name := range []string{"payroll-diversion", "internal-phish", "consented-application"} {
			in := filepath.Join(folder, name)
			list[name] = reporttest.Analyzed(t, filepath.Join(in, "audit.jsonl"), filepath.Join(in, "signins.jsonl"), filepath.Join(in, "trace.csv"))
		}
	}
	return list
}

// Promise: in a real browser the page has every chapter, asks for nothing, complains of nothing, can be read by everybody: in
// light and dark, on a phone, on paper, with a keyboard, without a script; its filters work; no text of an attacker acts.
func TestBrowser(t *testing.T) {
	ctx := browser(t)
	for name, r := range cases(t) {
		if testing.Short() && name != "nasty" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			tab, end := chromedp.NewContext(ctx)
			defer end()
			o := open(t, tab, r)
			holds(t, tab, "chapters()", "headings()", "labels()", "anchors()", "strangers()")
			for _, scheme := range []string{"light", "dark"} {
				media(t, tab, scheme, "screen")
				holds(t, tab, "contrast()")
			}
			for _, width := range []int64{1400, 1000, 400, 320} {
				run(t, tab, chromedp.EmulateViewport(width, 900))
				holds(t, tab, "sideways()")
			}
			run(t, tab, chromedp.EmulateViewport(1400, 900))
			media(t, tab, "light", "screen")
			holds(t, tab, "filters()", "keyboard()")
			printed(t, tab, r)
			withoutScript(t, tab, o)
			o.mu.Lock()
			defer o.mu.Unlock()
			for _, fault := range o.faults {
				t.Error("the page " + fault)
			}
		})
	}
}

// printed: on paper every finding of high and above is open, and the others are named.
func printed(t *testing.T, ctx context.Context, r *report.Report) {
	t.Helper()
	media(t, ctx, "dark", "print")
	holds(t, ctx, "paper()", "contrast()")
	pdf := call(t, ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)}).Data
	media(t, ctx, "light", "screen")
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || bytes.Count(pdf, []byte("/Type /Page\n")) < 3 {
		t.Errorf("no PDF of some pages: %d bytes", len(pdf))
	}
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("no pdftotext: what the PDF says is not read (apt-get install poppler-utils)")
		return
	}
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(reader, "-q", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if grave := f.Suppressed == nil && (f.Level == "critical" || f.Level == "high"); grave && !bytes.Contains(text, []byte(f.Short)) {
			t.Errorf("the PDF does not name %s, %s", f.Short, f.Rule)
		}
	}
}

// withoutScript: all but the filters is there.
func withoutScript(t *testing.T, ctx context.Context, o *opened) {
	t.Helper()
	call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	run(t, ctx, chromedp.Navigate(o.url))
	holds(t, ctx, "chapters()", "bare()")
	call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
}

// Promise: the checks can fail.
func TestBrowserChecksFail(t *testing.T) {
	bad, err := os.ReadFile(filepath.Join("testdata", "bad.html"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := chromedp.NewContext(browser(t))
	defer end()
	o := openText(t, ctx, bad)
	for _, check := range []string{
		"chapters()", "headings()", "labels()", "anchors()", "strangers()", "contrast()", "sideways()", "filters()", "keyboard()", "paper()", "bare()",
	} {
		if len(faultsOf(t, ctx, check)) == 0 {
			t.Errorf("%s finds nothing wrong", check)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	all := strings.Join(o.faults, "\n")
	for _, want := range []string{"asks for", "console", "throws"} {
		if !strings.Contains(all, want) {
			t.Errorf("nobody saw that the page %s: %s", want, all)
		}
	}
}
