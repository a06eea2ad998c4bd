<?php
/**
 * Plugin Name: Replydesk
 * Description: Shows the comments that Replydesk keeps in place of WordPress's own, above the theme's own form.
 * Version: 1.0
 * License: MIT
 *
 * Put this file into wp-content/mu-plugins/ and say in wp-config.php where Replydesk is:
 *
 *     define( 'REPLYDESK_URL', 'https://comments.example.org' );
 *     define( 'REPLYDESK_SITE', 'KEY' );
 *
 * Where the web server hands /wp-comments-post.php to Replydesk, the form stays as it is: define( 'REPLYDESK_REWRITE', true ).
 * Where this server reaches Replydesk by a shorter way than readers do: define( 'REPLYDESK_INNER_URL', 'http://127.0.0.1:8000' ).
 */

defined( 'ABSPATH' ) || exit;

if ( defined( 'REPLYDESK_URL' ) && defined( 'REPLYDESK_SITE' ) ) {
	Replydesk::register();
}

final class Replydesk {
	// An article waits so long for its comments, and keeps them, or that there are none to be had, for so long.
	const TIMEOUT_SECONDS = 1;
	const KEEP_SECONDS    = 10;
	// What readers may ask of the comments. Nothing else of the address is passed on.
	const VIEW    = array( 'sort', 'after', 'conversation' );
	const RECEIPT = array( 'unapproved', 'moderation-hash' );

	/** The comments of each post on this page, by its number. */
	private static $fetched = array();

	public static function register() {
		add_filter( 'comments_array', '__return_empty_array' );
		add_filter( 'comments_pre_query', array( __CLASS__, 'leave_out' ), 10, 2 ); // Themes made of blocks ask this way.
		add_filter( 'get_comments_number', array( __CLASS__, 'count' ), 10, 2 );
		add_action( 'comment_form_before', array( __CLASS__, 'show' ) );
		add_action( 'comment_form_comments_closed', array( __CLASS__, 'show' ) );
		add_action( 'template_redirect', array( __CLASS__, 'keep_private' ) );
		add_filter( 'comment_form_defaults', array( __CLASS__, 'prepare_form' ), 99 );
		add_filter( 'comment_form_field_cookies', '__return_empty_string' ); // None is ever set.
		add_filter( 'comment_id_fields', array( __CLASS__, 'name_parent' ), 10, 2 );
		add_action( 'comment_form', array( __CLASS__, 'name_article' ) );
		add_action( 'pre_comment_on_post', array( __CLASS__, 'refuse' ) );
		if ( ! self::is_rewritten() ) {
			add_action( 'comment_form', array( __CLASS__, 'say_where_to_return' ) );
		}
	}

	/** Answers that the article that is shown has no comments of WordPress's own. */
	public static function leave_out( $found, $query ) {
		if ( is_admin() || ! did_action( 'wp' ) || ! is_singular() ) {
			return $found;
		}
		if ( (int) $query->query_vars['post_id'] !== get_queried_object_id() ) {
			return $found;
		}
		return $query->query_vars['count'] ? 0 : array();
	}

	/** Prints the comments. */
	public static function show() {
		echo self::fetch( get_the_ID() ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped by Replydesk.
	}

	/** Counts the comments of the article that is shown; lists of articles keep WordPress's number. */
	public static function count( $count, $post_id = 0 ) {
		if ( ! is_singular() || (int) $post_id !== get_queried_object_id() ) {
			return $count;
		}
		return preg_match( '/ data-comments="(\d+)"/', self::fetch( (int) $post_id ), $found ) ? (int) $found[1] : 0;
	}

	/** Keeps a page with somebody's receipt out of every cache, and its address out of other sites' logs. */
	public static function keep_private() {
		if ( self::asked( self::RECEIPT ) ) {
			defined( 'DONOTCACHEPAGE' ) || define( 'DONOTCACHEPAGE', true );
			nocache_headers();
			header( 'Cache-Control: no-store, private' );
			header( 'Referrer-Policy: same-origin' );
		}
	}

	/** Sends the form to Replydesk, and says whom it answers: WordPress would name who has that number with it. */
	public static function prepare_form( $form ) {
		$answered = self::answered();
		if ( '' !== $answered ) {
			$form['title_reply'] = sprintf( $form['title_reply_to'], $answered );
		}
		$form['title_reply_to'] = str_replace( '%', '%%', $form['title_reply'] );
		if ( ! self::is_rewritten() ) {
			$form['action'] = self::url( REPLYDESK_URL, '/wp-comments-post.php', array( 'site' => REPLYDESK_SITE ) );
		}
		return $form;
	}

	/** Says which of our comments is answered, without a script too: newer WordPress drops numbers that are not its own. */
	public static function name_parent( $fields, $post_id ) {
		$parent = self::parent();
		return sprintf(
			"<input type='hidden' name='comment_post_ID' value='%d' id='comment_post_ID' />\n" .
			"<input type='hidden' name='comment_parent' id='comment_parent' value='%d' />\n",
			$post_id,
			$parent
		);
	}

	/** Says which article this is, for the people at the desk. */
	public static function name_article( $post_id ) {
		$title = html_entity_decode( wp_strip_all_tags( get_the_title( $post_id ) ), ENT_QUOTES, 'UTF-8' );
		printf( '<input type="hidden" name="thread_title" value="%s" />', esc_attr( $title ) );
	}

	/** Says which page the form stood on: to another host browsers tell no more than the newspaper's own. */
	public static function say_where_to_return( $post_id ) {
		printf( '<input type="hidden" name="redirect_to" value="%s" />', esc_url( get_permalink( $post_id ) ) );
	}

	/** Takes no comment into WordPress's own list, where nobody would look. */
	public static function refuse() {
		wp_die( esc_html__( 'Sorry, comments are closed for this item.' ), '', array( 'response' => 403 ) );
	}

	private static function parent() {
		return isset( $_GET['replytocom'] ) && is_string( $_GET['replytocom'] ) ? absint( $_GET['replytocom'] ) : 0;
	}

	/** Returns the name on the comment that is answered, as HTML; empty when the form answers nobody. */
	private static function answered() {
		$name = '/ id="comment-' . self::parent() . '"[^>]*>.*?<bdi[^>]*>(.*?)<\/bdi>/s';
		return self::parent() && preg_match( $name, self::fetch( get_the_ID() ), $found ) ? $found[1] : '';
	}

	private static function fetch( $post_id ) {
		if ( ! isset( self::$fetched[ $post_id ] ) ) {
			$is_plain                  = ! self::asked( array_merge( self::VIEW, self::RECEIPT ) );
			self::$fetched[ $post_id ] = $is_plain ? self::keep( $post_id ) : self::request( $post_id );
		}
		return self::$fetched[ $post_id ];
	}

	/** Fetches what most readers see; what one of them asked for, or may alone see, is never kept. */
	private static function keep( $post_id ) {
		$name = 'replydesk_' . md5( self::address( $post_id ) );
		$kept = get_transient( $name );
		if ( ! is_string( $kept ) ) {
			$kept = self::request( $post_id );
			set_transient( $name, $kept, self::KEEP_SECONDS );
		}
		return $kept;
	}

	/** Returns the comments as HTML; nothing while Replydesk is away. */
	private static function request( $post_id ) {
		$answer = wp_remote_get( self::address( $post_id ), self::options() );
		return 200 === wp_remote_retrieve_response_code( $answer ) ? wp_remote_retrieve_body( $answer ) : '';
	}

	private static function options() {
		return array(
			'timeout'     => self::TIMEOUT_SECONDS,
			'redirection' => 0,
			'headers'     => array(
				'Accept' => 'text/html',
				'Host'   => preg_replace( '#^https?://([^/]*).*#', '$1', REPLYDESK_URL ),
			),
		);
	}

	private static function address( $post_id ) {
		$base  = defined( 'REPLYDESK_INNER_URL' ) ? REPLYDESK_INNER_URL : REPLYDESK_URL;
		$query = array(
			'thread' => "wp:$post_id",
			'format' => 'fragment',
			'form'   => 'theme',
			'url'    => get_permalink( $post_id ),
		);
		return self::url( $base, '/threads/' . REPLYDESK_SITE, $query + self::asked( array_merge( self::VIEW, self::RECEIPT ) ) );
	}

	private static function asked( array $names ) {
		$asked = array();
		foreach ( $names as $name ) {
			if ( isset( $_GET[ $name ] ) && is_string( $_GET[ $name ] ) && preg_match( '/\A[\w-]{1,64}\z/', $_GET[ $name ] ) ) {
				$asked[ $name ] = $_GET[ $name ];
			}
		}
		return $asked;
	}

	private static function url( $base, $path, array $query ) {
		return untrailingslashit( $base ) . $path . '?' . http_build_query( $query );
	}

	private static function is_rewritten() {
		return defined( 'REPLYDESK_REWRITE' ) && REPLYDESK_REWRITE;
	}
}
