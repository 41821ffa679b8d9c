-- Every process that listens is told at once when something else is served.

CREATE FUNCTION tell_what_is_served() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sacrum_served', '');
    RETURN NULL;
END;
$$;

CREATE TRIGGER tell_what_is_served AFTER INSERT OR UPDATE ON served EXECUTE FUNCTION tell_what_is_served();
