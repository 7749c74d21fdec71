package http

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
)

// path serves the routes of one path, by method.
type path map[string]http.Handler

// ServeHTTP implements http.Handler. HEAD is GET without the body.
func (p path) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	handler, ok := p[method]
	if !ok {
		allowed := p.methods()
		w.Header().Set("Allow", allowed)
		refuse(w, http.StatusMethodNotAllowed, "%s takes %s, not %s", r.URL.Path, allowed, r.Method)
		return
	}
	handler.ServeHTTP(w, r)
}

func (p path) methods() string {
	methods := slices.Sorted(maps.Keys(p))
	if _, ok := p[http.MethodGet]; ok {
		methods = append(methods, http.MethodHead)
	}
	return strings.Join(methods, ", ")
}

// newRouter serves every route of the table by its handler, and everything else
// with 404. It panics if a route has no handler: they are fixed.
func newRouter(handlers map[route.ID]http.Handler) *http.ServeMux {
	paths := map[string]path{}
	for _, r := range route.Table() {
		handler, ok := handlers[r.ID]
		if !ok {
			panic(fmt.Sprintf("http: route %s has no handler", r.ID))
		}
		if paths[r.Path] == nil {
			paths[r.Path] = path{}
		}
		paths[r.Path][r.Method] = handler
	}
	mux := http.NewServeMux()
	for at, p := range paths {
		mux.Handle(exactly(at), p)
	}
	mux.HandleFunc("/", notFound)
	return mux
}

// exactly is the mux's pattern for one path and nothing below it.
func exactly(at string) string {
	if at == "/" {
		return "/{$}"
	}
	return at
}

func notFound(w http.ResponseWriter, r *http.Request) {
	refuse(w, http.StatusNotFound, "there is nothing at %s; WebSocket is at / and /ws, and /swagger-ui shows what else there is",
		shown(r.URL.Path))
}

// shownPath is how much of an unknown path is repeated, in bytes.
const shownPath = 200

// shown is a path as an error's text repeats it.
func shown(path string) string {
	if len(path) > shownPath {
		path = strings.ToValidUTF8(path[:shownPath], "") + "…"
	}
	return strconv.Quote(path)
}
