"""pqltools: parse, convert and format Adobe Experience Platform's Profile Query Language."""

__version__ = "0.1.0"
