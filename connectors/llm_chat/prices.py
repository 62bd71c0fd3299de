"""What an answer cost: by the installation's own prices, else by the published ones that travel with the library."""

from decimal import Decimal

from connectors.llm_chat.options import Choice, Options, Price
from connectors.llm_chat.question import Cost, Reply, Usage

MILLION = Decimal(1_000_000)


def cost(reply: Reply, choice: Choice, options: Options) -> Cost:
    """Return the cost, or that it is not known; a wrong number would be worse than none."""
    if choice.provider.kind == "demo":
        return Cost(amount=0.0, currency=options.currency)
    price = own_price(reply.model, options)
    amount = _by_price(reply.usage, price) if price else _published(reply, choice)
    currency = options.currency if price else "USD"
    return Cost(amount=None if amount is None else round(float(amount), 8), currency=currency)


def own_price(model: str, options: Options) -> Price | None:
    """Return the price of the longest beginning of the model's name that has one."""
    fitting = [name for name in options.prices if model.startswith(name)]
    return options.prices[max(fitting, key=len)] if fitting else None


def _by_price(usage: Usage, price: Price) -> Decimal:
    fresh = max(usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens, 0)
    read = price.input if price.cache_read is None else price.cache_read
    written = price.input if price.cache_write is None else price.cache_write
    parts = (
        (fresh, price.input),
        (usage.cache_read_tokens, read),
        (usage.cache_write_tokens, written),
        (usage.output_tokens, price.output),
    )
    return sum((Decimal(tokens) * Decimal(str(each)) / MILLION for tokens, each in parts), Decimal())


def _published(reply: Reply, choice: Choice) -> Decimal | None:
    """Look into the price list inside ``genai-prices``; it is a file, nothing is fetched."""
    if choice.provider.base_url:  # somebody else's server, or one's own: the vendor's prices say nothing
        return None
    import genai_prices

    usage = genai_prices.Usage(
        input_tokens=reply.usage.input_tokens,
        output_tokens=reply.usage.output_tokens,
        cache_read_tokens=reply.usage.cache_read_tokens,
        cache_write_tokens=reply.usage.cache_write_tokens,
    )
    try:
        return genai_prices.calc_price(usage, model_ref=reply.model, provider_id=choice.provider.kind).total_price
    except LookupError:
        return None
