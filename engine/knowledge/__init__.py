"""Knowledge: short articles on what to do, found while working on a complaint of that kind, and who has read them."""

from engine.knowledge import articles, lists, training
from engine.knowledge.rows import Article, ArticleReading, ArticleTraining, ArticleVersion

__all__ = ["Article", "ArticleReading", "ArticleTraining", "ArticleVersion", "articles", "lists", "training"]
