// Package update fetches a location database and installs it. It stands apart from geo so that nothing an analysis uses
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
	"strings"

	"triage/geo"
)

// maxBytes bounds a download. The largest databases in use are near 200 MB.
const maxBytes = 1 << 30

// Source says what to install. One of File and URL is set.
type Source struct {
	File   string
	URL    string       // http or https; a password or query in it is used, but never recorded or shown
	SHA256 string       // of the file as it comes, in hex; empty if unknown
	Client *http.Client // nil means http.DefaultClient
}

// Run installs the source into folder (geo.Install says what it takes and checks).
func Run(ctx context.Context, s Source, folder string) (geo.Installed, error) {
	raw, name, from, err := s.read(ctx)
	if err != nil {
		return geo.Installed{}, err
	}
	sum := sha256.Sum256(raw)
	if got := hex.EncodeToString(sum[:]); s.SHA256 != "" && !strings.EqualFold(got, s.SHA256) {
		return geo.Installed{}, fmt.Errorf("%s: sha256 is %s, want %s", from, got, s.SHA256)
	}
	return geo.Install(raw, name, from, folder)
}

// read says under which name to keep the content and what to call where it came from.
func (s *Source) read(ctx context.Context) (raw []byte, name, from string, err error) {
	switch {
	case (s.File == "") == (s.URL == ""):
		return nil, "", "", errors.New("want a file or a URL")
	case s.URL != "":
		return s.download(ctx)
	}
	f, err := os.Open(s.File)
	if err != nil {
		return nil, "", "", err
	}
	defer f.Close()
	raw, err = limited(f)
	return raw, filepath.Base(s.File), s.File, err
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
	resp, err := cmp.Or(s.Client, http.DefaultClient).Do(req)
	if err != nil {
		var withURL *url.Error // names the whole URL
		if errors.As(err, &withURL) {
			err = withURL.Err
		}
		return nil, "", "", fmt.Errorf("%s: %w", from, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", "", fmt.Errorf("%s: %s", from, resp.Status)
	}
	raw, err = limited(resp.Body)
	if err != nil {
		err = fmt.Errorf("%s: %w", from, err)
	}
	return raw, path.Base(u.Path), from, err
}

func limited(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err == nil && len(raw) > maxBytes {
		return nil, fmt.Errorf("larger than %d MB", maxBytes>>20)
	}
	return raw, err
}
