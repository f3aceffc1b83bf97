"""What does the service say over HTTP?  `app.build`; the resources are the files of `resources/`, one each."""
