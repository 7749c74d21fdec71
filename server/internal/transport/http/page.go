package http

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"

	"github.com/swaggest/swgui/v5emb"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/openapi"
)

const (
	pagePath     = "/swagger-ui"
	documentPath = "/api-docs/openapi.json"
)

// document serves the OpenAPI document.
func document(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(openapi.Document)
}

// page serves the page that shows the OpenAPI document, and below it the page's
// own scripts and styles. The page's policy lets it load nothing from elsewhere.
func page() (page, assets http.Handler) {
	assets = v5emb.New("FastPubSub", documentPath, pagePath+"/")
	body := capture(assets)
	policy := contentSecurityPolicy(body)
	page = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Referrer-Policy", "no-referrer")
		_, _ = w.Write(body)
	})
	return page, assets
}

// capture is the page that the handler makes, which never changes.
func capture(h http.Handler) []byte {
	var body capturer
	request, _ := http.NewRequest(http.MethodGet, pagePath+"/", nil) // fixed, always valid
	h.ServeHTTP(&body, request)
	return body.Bytes()
}

// capturer is a ResponseWriter that keeps the body.
type capturer struct {
	bytes.Buffer
	header http.Header
}

func (c *capturer) Header() http.Header {
	if c.header == nil {
		c.header = http.Header{}
	}
	return c.header
}

func (c *capturer) WriteHeader(int) {}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// contentSecurityPolicy allows this server's own files and exactly the scripts
// that stand in the page.
func contentSecurityPolicy(page []byte) string {
	scripts := []string{"script-src 'self'"}
	for _, script := range inlineScript.FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(script[1])
		scripts = append(scripts, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return strings.Join([]string{
		"default-src 'none'",
		strings.Join(scripts, " "),
		"style-src 'self' 'unsafe-inline'", // the page sets styles by script
		"img-src 'self' data:",
		"font-src 'self' data:",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}
