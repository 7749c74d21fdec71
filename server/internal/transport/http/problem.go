package http

import (
	"encoding/json"
	"net/http"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// writeProblem answers with err under another status than the catalogue's.
func writeProblem(w http.ResponseWriter, status int, err *apierror.Error) {
	problem := err.Problem()
	problem.Status, problem.Title = status, http.StatusText(status)
	header := w.Header()
	header.Set("Content-Type", apierror.ProblemContentType)
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem) // the peer may be gone; nobody is left to tell
}

// refuse answers what HTTP itself refuses.
func refuse(w http.ResponseWriter, status int, format string, args ...any) {
	writeProblem(w, status, apierror.Newf(apierror.RequestInvalid, format, args...))
}
