package m365

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
)

// Page is one answer with a list.
type Page struct {
	*Answer
	Rows []json.RawMessage // of the list, as the service wrote them; parts of Body
	Next string            // absolute; empty if the service names no further page
}

// Page asks for the list at an address: a path below the root, or the Next of a page before.
func (c *Client) Page(ctx context.Context, e *Endpoint, address string) (*Page, error) {
	p := &Page{}
	var err error
	p.Answer, err = c.Get(ctx, e, address, func(body []byte) error {
		p.Rows, p.Next, err = parsePage(body)
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.Next == "" {
		return p, nil
	}
	base, err := url.Parse(p.URL)
	if err == nil {
		base, err = base.Parse(p.Next)
	}
	if err != nil {
		return nil, &Error{Message: "the service names a next page that is no address"}
	}
	p.Next = base.String()
	return p, nil
}

var errNoPage = errors.New(`want a JSON object with a list "value"`)

// parsePage reads the list of an answer, and the address of the next one.
func parsePage(body []byte) (rows []json.RawMessage, next string, err error) {
	var page struct {
		Value *[]json.RawMessage `json:"value"`
		Next  string             `json:"@odata.nextLink"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")), &page); err != nil {
		return nil, "", fmt.Errorf("%w: %w", errNoPage, err)
	}
	if page.Value == nil {
		return nil, "", errNoPage
	}
	for _, row := range *page.Value {
		if len(row) == 0 || row[0] != '{' {
			return nil, "", errNoPage
		}
	}
	return *page.Value, page.Next, nil
}
