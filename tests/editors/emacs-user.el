;;; emacs-user.el --- What a user of Eglot sees and does, as JSON  -*- lexical-binding: t; -*-

;;; Code:

(require 'pql-mode)
(require 'json)
(require 'eglot)

(defun user-wait (what test)
  "Wait until TEST gives something, and return it; complain about WHAT if it never does."
  (let ((end (+ (float-time) 60)) found)
    (while (and (not (setq found (funcall test))) (< (float-time) end))
      ;; Without a display nothing is idle, so Flymake does not ask by itself.
      (flymake-start)
      (accept-process-output nil 0.05))
    (or found (error "Nothing came of %s" what))))

(defun user-open (file)
  "Open FILE with its server."
  (switch-to-buffer (find-file-noselect file))
  (let ((eglot-sync-connect t))
    (if (derived-mode-p 'pql-mode)
        (apply #'eglot (eglot--guess-contact))
      (pql-eglot-ensure)
      (run-hooks 'post-command-hook))))

(defun user-findings (count)
  "What is marked in this buffer and what is said of it, as soon as it is COUNT things."
  (vconcat
   (mapcar (lambda (each)
             (vector (buffer-substring-no-properties (flymake-diagnostic-beg each) (flymake-diagnostic-end each))
                     (flymake-diagnostic-text each)))
           (user-wait "the findings"
                      (lambda () (let ((found (flymake-diagnostics))) (and (= (length found) count) found)))))))

(defun user-offers (capability)
  "Whether the server has CAPABILITY."
  (and (eglot--server-capable capability) t))

(defun user-completed ()
  "The line after a field is completed."
  (goto-char (point-min))
  (search-forward "'Bath'")
  (insert " and person.birthY")
  (let ((inhibit-message t))
    (completion-at-point))
  (buffer-substring-no-properties (line-beginning-position) (line-end-position)))

(defun user-renamed ()
  "The text after a variable is renamed."
  (goto-char (point-min))
  (search-forward "select ")
  (let ((eglot-confirm-server-initiated-edits nil))
    (eglot-rename "event"))
  (buffer-string))

(let (result)
  (user-open "vip.json")
  (push (user-findings 2) result)
  (push (if (user-offers :completionProvider) (user-completed) nil) result)
  (set-buffer-modified-p nil)
  (user-open "buyers.pql")
  (push (if (user-offers :renameProvider) (user-renamed) nil) result)
  (let ((before (buffer-string)))
    (eglot-format-buffer)
    (push (vector before (buffer-string)) result))
  (set-buffer-modified-p nil)
  (princ (concat "RESULT" (json-encode (vconcat (nreverse result))) "\n")))

;;; emacs-user.el ends here
