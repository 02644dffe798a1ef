// Package update fetches location databases and installs them. It stands apart from geo so that nothing an analysis uses
// can reach the network.
package update

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"triage/geo"
)

// maxBytes bounds a download. The largest databases in use are near 200 MB.
const maxBytes = 1 << 30

// patience is how long a server may think before it answers. The answer itself may take as long as the line needs.
const patience = time.Minute

// Source says what to install. One of File and URL is set.
type Source struct {
	File     string
	URL      string       // http or https; a password or query in it is used, but never recorded or shown
	Kind     string       // geo.KindCountry, geo.KindASN or geo.KindClasses: what it must be; empty takes any
	Client   *http.Client // nil means one of its own, which obeys the proxy of the environment
	MaxBytes int64        // of the file as it comes; 0 means 1 GiB
}

// Run reads and checks all sources, and only then installs them into folder: one that cannot be used leaves the folder
// as it was. sums are SHA-256 of the files as they come, in hex: if there are any, each file must have one of them, and
// each must be some file's. All faults are reported at once.
func Run(ctx context.Context, sources []Source, sums []string, folder string) ([]geo.Installed, error) {
	var errs []error
	var ready []*geo.Package
	used := make([]bool, len(sums))
	for _, s := range sources {
		p, err := s.check(ctx, sums, used)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if slices.ContainsFunc(ready, func(other *geo.Package) bool { return strings.EqualFold(other.File, p.File) }) {
			errs = append(errs, fmt.Errorf("%s: two of the files would both be installed as %s", p.From, p.File))
		}
		ready = append(ready, p)
	}
	for i, sum := range sums {
		if !used[i] && len(errs) == 0 {
			errs = append(errs, fmt.Errorf("no file has the sha256 %s", sum))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	installed := make([]geo.Installed, 0, len(ready))
	for _, p := range ready {
		if err := p.Install(folder); err != nil {
			return installed, err
		}
		installed = append(installed, p.Installed)
	}
	return installed, nil
}

// check reads one source and holds it against what is known of it.
func (s *Source) check(ctx context.Context, sums []string, used []bool) (*geo.Package, error) {
	raw, name, from, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	got := hex.EncodeToString(sum[:])
	at := slices.IndexFunc(sums, func(want string) bool { return strings.EqualFold(got, want) })
	switch {
	case at >= 0:
		used[at] = true
	case len(sums) == 1:
		return nil, fmt.Errorf("%s: sha256 is %s, want %s", from, got, sums[0])
	case len(sums) > 1:
		return nil, fmt.Errorf("%s: sha256 is %s, which is none of those given", from, got)
	}
	p, err := geo.Inspect(raw, name, from)
	if err != nil {
		return nil, err
	}
	if s.Kind != "" && p.Kind != s.Kind {
		return nil, fmt.Errorf("%s: is of kind %s, want %s", from, p.Kind, s.Kind)
	}
	return p, nil
}

// read says under which name to keep the content and what to call where it came from.
func (s *Source) read(ctx context.Context) (raw []byte, name, from string, err error) {
	switch {
	case (s.File == "") == (s.URL == ""):
		return nil, "", "", errors.New("want a file or a URL")
	case s.URL != "":
		return s.download(ctx)
	}
	f, err := geo.OpenFile(s.File)
	if err != nil {
		return nil, "", "", fmt.Errorf("%s: %w", s.File, fileCause(err))
	}
	defer f.Close()
	raw, err = s.limited(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", s.File, fileCause(err))
	}
	// The folder of a file is this machine's business.
	return raw, filepath.Base(s.File), filepath.Base(s.File), err
}

// fileCause is a file's error without its path, which the message names already.
func fileCause(err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err
	}
	return err
}

func (s *Source) download(ctx context.Context) (raw []byte, name, from string, err error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, "", "", errors.New("the URL is not an http or https one") // it may hold a key: not shown
	}
	// Vendors' keys stand in the query.
	from = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		return nil, "", "", fmt.Errorf("%s: no usable request", from)
	}
	resp, err := cmp.Or(s.Client, newClient()).Do(req)
	if err != nil {
		if withURL, ok := errors.AsType[*url.Error](err); ok { // names the whole URL
			err = withURL.Err
		}
		return nil, "", "", fmt.Errorf("%s: %w", from, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", "", fmt.Errorf("%s: %s", from, resp.Status)
	}
	if resp.ContentLength > s.most() {
		return nil, "", "", fmt.Errorf("%s: larger than %s", from, size(s.most()))
	}
	raw, err = s.limited(resp.Body)
	if err != nil {
		err = fmt.Errorf("%s: %w", from, err)
	}
	return raw, path.Base(u.Path), from, err
}

// newClient follows redirects, as vendors' own download addresses do, but hands the key in the first address to nobody
// else, and never goes from https to http.
func newClient() *http.Client {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience,
	}
	return &http.Client{Transport: transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		const most = 10 // as net/http itself
		switch {
		case len(via) >= most:
			return fmt.Errorf("more than %d redirects", most)
		case via[0].URL.Scheme == "https" && req.URL.Scheme != "https":
			return errors.New("redirected from https to http")
		}
		req.Header.Del("Referer")
		return nil
	}}
}

func (s *Source) most() int64 { return cmp.Or(s.MaxBytes, maxBytes) }

func (s *Source) limited(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, s.most()+1))
	if err == nil && int64(len(raw)) > s.most() {
		return nil, fmt.Errorf("larger than %s", size(s.most()))
	}
	return raw, err
}

func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%d MB", bytes>>20)
}
