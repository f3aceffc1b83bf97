;;; emacs-session.el --- What a user of pql-mode sees, as JSON  -*- lexical-binding: t; -*-

;;; Code:

(require 'pql-mode)
(require 'json)

(defun session-faces (text)
  "The words of TEXT that have a face, each with its face."
  (with-temp-buffer
    (insert text)
    (pql-mode)
    (font-lock-ensure)
    (goto-char (point-min))
    (let (found)
      (while (re-search-forward "[A-Za-z0-9_]+\\|\".*?\"\\|//.*" nil t)
        (let ((face (get-text-property (match-beginning 0) 'face)))
          (push (format "%s:%s" (match-string 0) (if (memq face '(nil default)) "-" face)) found)))
      (vconcat (nreverse found)))))

(defun session-indented (text)
  "TEXT, every line indented anew."
  (with-temp-buffer
    (insert text)
    (pql-mode)
    (let ((inhibit-message t))
      (indent-region (point-min) (point-max)))
    (buffer-string)))

(defun session-eglot (file)
  "What the server says of FILE, and what a command answers at its second line."
  (if (not (require 'eglot nil t))
      :null
    (let ((eglot-sync-connect t)
          (buffer (find-file-noselect file)))
      (with-current-buffer buffer
        (if (derived-mode-p 'pql-mode)
            (apply #'eglot (eglot--guess-contact))
          (setq-local eglot-server-programs (list (cons major-mode #'pql-server-contact)))
          (apply #'eglot (eglot--guess-contact)))
        (let ((end (+ (float-time) 20)))
          (while (and (< (float-time) end) (not (flymake-diagnostics)))
            ;; Without a display nothing is idle, so Flymake does not ask by itself.
            (flymake-start)
            (accept-process-output nil 0.05)))
        (goto-char (point-min))
        (forward-line 1)
        (pql-describe)
        (prog1 (vector (mapconcat #'flymake-diagnostic-text (flymake-diagnostics) "|")
                       (with-current-buffer "*PQL: pql.describe*" (buffer-string)))
          (kill-buffer "*PQL: pql.describe*")
          (let ((inhibit-message t))
            (eglot-shutdown (eglot-current-server))))))))

(defun session-definition (file)
  "The command line that the server of FILE got, started by the hook for modes of JSON and YAML."
  (if (not (require 'eglot nil t))
      :null
    (with-current-buffer (find-file-noselect file)
      (let ((eglot-sync-connect t))
        (pql-eglot-ensure)
        ;; Eglot waits for the end of the command.
        (run-hooks 'post-command-hook)
        (let ((server (eglot-current-server)))
          (prog1 (if server (vconcat (last (process-command (jsonrpc--process server)) 2)) [])
            (when server
              (let ((inhibit-message t))
                (eglot-shutdown server)))))))))

(princ
 (concat
  "RESULT"
  (json-encode
   (list :faces (session-faces "a.and = 1 AND xs.head() or t occurs <= 30 days before now and f(x.count) = \"and\" // not")
         :indented (session-indented "f(\na,\n[\n1\n]\n)\nand b")
         :mode (with-current-buffer (find-file-noselect "vip.pql") (symbol-name major-mode))
         :holds (vconcat (mapcar (lambda (file) (if (with-current-buffer (find-file-noselect file) (pql-may-hold-pql-p)) t :json-false))
                                 '("vip.pql" "definition.yaml" "other.yaml")))
         :eglot (session-eglot "vip.pql")
         :definition (session-definition "definition.json")
         :other (session-definition "other.json")))
  "\n"))

;;; emacs-session.el ends here
